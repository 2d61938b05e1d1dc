import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Plan } from '@apollo-deploy/domain';
import { StoreUnavailable } from '@apollo-deploy/orchestration';
import { aPlan, aProduct, anOutboxMessage } from '@apollo-deploy/orchestration/testing';
import { type DiskFailure, FailingJournalFile } from '../testing/failing-journal-file.js';
import { StorageFolder } from '../testing/storage-folder.js';
import { digestOf } from './checksum.js';
import { FilesystemPlanStorage } from './filesystem-plan-storage.js';
import { FilesystemStore, type StorageReport } from './filesystem-store.js';

let folder: StorageFolder;
beforeEach(async () => {
  folder = await StorageFolder.create();
});
afterEach(() => folder.dispose());

async function productsIn(store: FilesystemStore): Promise<readonly string[]> {
  const { items } = await store.transact((unit) => unit.products.list({ limit: 200 }));
  return items.map(({ name }) => name);
}

describe('a store in a folder', () => {
  it('has everything again after a restart, in the same order', async () => {
    const messages = ['m1', 'm2', 'm3'].map((id) => anOutboxMessage({ id }));
    let store = await folder.open();
    await store.transact(async (unit) => {
      await unit.plans.insert(aPlan());
      for (const message of messages) await unit.outbox.add(message);
      await unit.charts.put('c1', new Uint8Array([0, 255, 10]));
    });
    await store.transact((unit) => unit.outbox.acknowledge('spoke-a', 'm1'));
    await store.transact((unit) => unit.outbox.add(messages[0]!));
    for (let restart = 0; restart < 3; restart += 1) {
      await store.close();
      store = await folder.open();
    }
    const read = await store.transact(async (unit) => ({
      plans: (await unit.plans.list({}, { limit: 10 })).items,
      open: await unit.plans.openOf(['test-service-dev']),
      messages: (await unit.outbox.pending(['spoke-a'])).map(({ id }) => id),
      chart: await unit.charts.get('c1'),
    }));
    expect(read).toEqual({
      plans: [aPlan()],
      open: [aPlan()],
      messages: ['m2', 'm3', 'm1'],
      chart: Uint8Array.of(0, 255, 10),
    });
  });

  it('reads plans of versions that knew no classes of plans as ordinary ones', async () => {
    const { planClass: _, ...older } = aPlan();
    const first = await folder.open();
    await first.transact((unit) => unit.plans.insert(older as Plan));
    await first.close();
    const store = await folder.open();
    const read = await store.transact((unit) => unit.plans.openOf(['test-service-dev']));
    expect(read).toEqual([aPlan({ planClass: 'ordinary' })]);
  });

  it('gives out what nobody can change, also after a restart', async () => {
    const first = await folder.open();
    await first.transact((unit) => unit.products.insert(aProduct({ labels: { team: 'one' } })));
    await first.close();
    const store = await folder.open();
    const product = await store.transact((unit) => unit.products.get('test-service'));
    expect(Object.isFrozen(product)).toBe(true);
    expect(Object.isFrozen(product?.labels)).toBe(true);
  });

  it('writes nothing for a unit that only read', async () => {
    const store = await folder.open();
    const before = await folder.bytes('journal-1');
    await productsIn(store);
    expect(await folder.bytes('journal-1')).toEqual(before);
  });

  it('reports a record that was not wholly written, once', async () => {
    const reports: StorageReport[] = [];
    const onReport = (report: StorageReport): void => void reports.push(report);
    let store = await folder.open({ onReport });
    await store.transact((unit) => unit.products.insert(aProduct({ name: 'kept' })));
    const kept = (await folder.bytes('journal-1')).length;
    await store.transact((unit) => unit.products.insert(aProduct({ name: 'torn' })));
    await store.close();
    await folder.cut('journal-1', kept + 60);
    store = await folder.open({ onReport });
    expect(await productsIn(store)).toEqual(['kept']);
    await store.close();
    await folder.open({ onReport });
    expect(reports).toEqual([
      {
        code: 'torn_tail_cut',
        file: folder.file('journal-1'),
        offset: kept,
        bytes: 60,
        message: expect.stringContaining(`60 bytes from byte ${kept} on were cut off`),
      },
    ]);
  });

  it('is for the eyes of its account only', async () => {
    const store = await FilesystemStore.open({ directory: folder.file('deep/er') });
    await store.close();
    const modes = ['deep', 'deep/er', 'deep/er/journal-1', 'deep/er/snapshot-1'].map(async (name) =>
      ((await stat(folder.file(name))).mode & 0o777).toString(8),
    );
    expect(await Promise.all(modes)).toEqual(['700', '700', '600', '600']);
  });

  it('says which folder it cannot use', async () => {
    await writeFile(folder.file('plain'), '');
    const opened = FilesystemStore.open({ directory: folder.file('plain/inside') });
    await expect(opened).rejects.toThrow(StoreUnavailable);
    await expect(opened).rejects.toThrow(
      /plain\/inside cannot be used: .*ENOTDIR.*; see that the hub may write there/,
    );
  });

  it('keeps plans alone as well', async () => {
    const directory = folder.path;
    let plans = await FilesystemPlanStorage.open({ directory });
    expect(await plans.insert(aPlan())).toEqual({ ok: true, value: aPlan() });
    expect(await plans.insert(aPlan({ id: 'plan-2' }))).toMatchObject({ ok: false });
    const executing = { ok: true, value: aPlan({ state: 'EXECUTING', version: 2 }) };
    expect(await plans.save(aPlan({ state: 'EXECUTING' }))).toEqual(executing);
    await plans.close();
    plans = await FilesystemPlanStorage.open({ directory });
    expect(await plans.get('plan-1')).toEqual(executing.value);
    expect(await plans.openOf(['test-service-dev'])).toEqual([executing.value]);
    const holders = { environments: ['dev'], products: [], spokes: [] };
    expect((await plans.executing(holders)).environments).toEqual(new Map([['dev', 1]]));
    expect(await plans.dueAt('2026-03-02T12:00:00.000Z', 1)).toEqual([]);
    expect(await plans.list({}, { limit: 1 })).toEqual({ items: [executing.value] });
    await plans.close();
  });
});

describe('chart archives in a folder', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const file = `charts/${digestOf(bytes)}`;
  beforeEach(async () => {
    const store = await folder.open();
    await store.transact((unit) => unit.charts.put('c1', bytes));
    await store.close();
  });

  it('are files of their own, not in the journal', async () => {
    expect(await folder.bytes(file)).toEqual(Buffer.from(bytes));
    expect((await folder.bytes('journal-1')).toString('latin1')).toContain(digestOf(bytes));
  });

  it.each([
    { name: 'is missing', change: () => folder.remove(file), message: /the file is missing/ },
    {
      name: 'holds something else',
      change: () => folder.write(file, Uint8Array.of(1, 2, 4)),
      message: /its bytes do not match its name/,
    },
  ])('stop the start if one $name', async ({ change, message }) => {
    await change();
    await expect(folder.open()).rejects.toMatchObject({
      reason: 'damaged',
      message: expect.stringMatching(message),
    });
  });

  it('are removed at a start if no unit of work kept them', async () => {
    await folder.write(`charts/${'0'.repeat(64)}`, bytes);
    await folder.write(`${file}.new-${'0'.repeat(32)}`, bytes);
    await folder.open();
    expect(await readdir(folder.file('charts'))).toEqual([digestOf(bytes)]);
  });
});

describe('a store on a disk that fails', () => {
  const FAILURES: { name: string; failure: DiskFailure; code: string; left: readonly string[] }[] =
    [
      { name: 'is full', failure: { roomBytes: 0 }, code: 'ENOSPC', left: ['kept'] },
      {
        name: 'is full in the middle of a record',
        failure: { roomBytes: 100 },
        code: 'ENOSPC',
        left: ['kept'],
      },
      {
        name: 'cannot sync, so that nobody knows what it holds',
        failure: { syncFails: true },
        code: 'EIO',
        left: ['kept', 'lost'],
      },
    ];
  it.each(FAILURES)('refuses to write until a restart if it $name', async (row) => {
    const { failure, code, left } = row;
    const { store, disk } = await openFailing();
    await store.transact((unit) => unit.products.insert(aProduct({ name: 'kept' })));
    let told = 0;
    store.onCommit(() => (told += 1));

    disk.fail(failure);
    const lost = store.transact(async (unit) => {
      await unit.products.insert(aProduct({ name: 'lost' }));
      await unit.dirty.mark(['a']);
    });
    await expect(lost).rejects.toMatchObject({
      name: 'StoreUnavailable',
      retryable: true,
      cause: expect.objectContaining({ code }),
      message: expect.stringMatching(/journal-1 could not be written.*then restart the hub$/),
    });

    disk.fail({});
    const next = store.transact((unit) => unit.products.insert(aProduct({ name: 'next' })));
    await expect(next).rejects.toThrow(StoreUnavailable);
    expect(await productsIn(store)).toEqual(['kept']);
    expect(await store.transact((unit) => unit.dirty.take(1))).toEqual([]);
    expect(await store.ready()).toBe(false);
    expect(told).toBe(0);

    await store.close();
    const restarted = await folder.open();
    expect(await productsIn(restarted)).toEqual(left);
    expect(await restarted.ready()).toBe(true);
  });

  it('takes writes that the system does in pieces', async () => {
    const { store, disk } = await openFailing();
    disk.fail({ pieceBytes: 7 });
    await store.transact((unit) => unit.products.insert(aProduct({ name: 'kept' })));
    await store.close();
    expect(await productsIn(await folder.open())).toEqual(['kept']);
  });

  it('refuses to write until a restart if a chart archive cannot be written', async () => {
    const store = await folder.open();
    await rm(folder.file('charts'), { recursive: true });
    const put = store.transact(async (unit) => {
      await unit.charts.put('c1', Uint8Array.of(1));
      await unit.products.insert(aProduct());
    });
    await expect(put).rejects.toThrow(StoreUnavailable);
    await mkdir(folder.file('charts'));
    const next = store.transact((unit) => unit.products.insert(aProduct()));
    await expect(next).rejects.toThrow(StoreUnavailable);
    expect(await productsIn(store)).toEqual([]);
  });

  it('leaves the folder as it was if it is full at a start', async () => {
    const first = await folder.open();
    await first.transact((unit) => unit.products.insert(aProduct({ name: 'kept' })));
    await first.close();
    const openJournal = (): Promise<never> =>
      Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
    await expect(folder.open({ openJournal })).rejects.toThrow(StoreUnavailable);
    expect(await productsIn(await folder.open())).toEqual(['kept']);
  });

  async function openFailing(): Promise<{ store: FilesystemStore; disk: FailingJournalFile }> {
    let disk: FailingJournalFile | undefined;
    const store = await folder.open({
      openJournal: async (path) => (disk = await FailingJournalFile.open(path)),
    });
    return { store, disk: disk! };
  }
});

describe('the folder of a store', () => {
  it('is free once the store is closed, and not before', async () => {
    const store = await folder.open();
    await expect(folder.open()).rejects.toThrow(
      `the folder ${folder.path} is in use by process ${process.pid}; stop that process first, or ` +
        'set APOLLO_STORAGE_DIR to another folder',
    );
    await store.close();
    await folder.open();
  });

  it('is free again after a start that was refused', async () => {
    await (await folder.open()).close();
    const journal = await folder.bytes('journal-1');
    await folder.remove('journal-1');
    await expect(folder.open()).rejects.toMatchObject({ reason: 'damaged' });
    await folder.write('journal-1', journal);
    await folder.open();
  });

  it('goes to one at most of many that start at once', async () => {
    const starts = await Promise.allSettled(Array.from({ length: 8 }, () => folder.open()));
    const won = starts.filter(({ status }) => status === 'fulfilled');
    expect(won.length).toBeLessThanOrEqual(1);
    for (const start of starts) {
      if (start.status === 'rejected') expect(start.reason).toMatchObject({ reason: 'in_use' });
    }
  });

  it('may hold a file in the place of a lock, which locks nothing', async () => {
    await mkdir(folder.file('lock'));
    await writeFile(join(folder.path, 'lock', '1-0'), '');
    await folder.open();
    expect(await readdir(folder.file('lock'))).not.toContain('1-0');
  });

  it('is refused if its path is too long for a lock', async () => {
    const directory = folder.file('x'.repeat(90));
    await expect(FilesystemStore.open({ directory })).rejects.toMatchObject({
      reason: 'path_too_long',
      message: expect.stringContaining('set APOLLO_STORAGE_DIR to a shorter one'),
    });
  });
});
