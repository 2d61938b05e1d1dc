import { afterAll } from '@jest/globals';
import { describeStore } from '@apollo-deploy/orchestration/testing';
import { StorageFolder } from '../testing/storage-folder.js';

const folders: StorageFolder[] = [];
afterAll(async () => {
  for (const folder of folders) await folder.dispose();
});

describeStore('in a folder', async () => {
  const folder = await StorageFolder.create();
  folders.push(folder);
  return folder.open();
});
