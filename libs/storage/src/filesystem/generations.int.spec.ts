import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aProduct } from '@apollo-deploy/orchestration/testing';
import { StorageFolder } from '../testing/storage-folder.js';
import { encodeHeader, HEADER_BYTES, SCHEMA } from './file-header.js';
import { beginGeneration, readGeneration } from './generations.js';
import { encodeRecord } from './record-frame.js';
import { StorageFolderRefused } from './storage-folder-refused.js';

const UNITS = ['one', 'two', 'three'];

/** Products in a folder that was started twice: `one` in its snapshot, the others in its journal. */
let folder: StorageFolder;
/** Where each record of the journal ends. */
let ends: number[];
beforeEach(async () => {
  folder = await StorageFolder.create();
  let store = await folder.open();
  await store.transact((unit) => unit.products.insert(aProduct({ name: 'one' })));
  await store.close();
  store = await folder.open();
  ends = [(await folder.bytes('journal-2')).length];
  for (const name of UNITS.slice(1)) {
    await store.transact((unit) => unit.products.insert(aProduct({ name })));
    ends.push((await folder.bytes('journal-2')).length);
  }
  await store.close();
});
afterEach(() => folder.dispose());

async function productsIn(): Promise<readonly string[]> {
  return (await readGeneration(folder.path)).state.rows.map(({ key }) => key);
}

describe('the journal at a start', () => {
  it('is read to its end', async () => {
    expect(await productsIn()).toEqual(UNITS);
    expect(await readGeneration(folder.path)).toMatchObject({
      generation: 2,
      state: { sequence: 3 },
    });
  });

  it('loses its last record and no other, wherever that one breaks off', async () => {
    const whole = await folder.bytes('journal-2');
    const [, start = 0, end = 0] = ends;
    for (let length = end - 1; length > start; length -= 1) {
      await folder.cut('journal-2', length);
      const { state, torn } = await readGeneration(folder.path);
      expect(state.rows.map(({ key }) => key)).toEqual(['one', 'two']);
      expect(torn).toEqual({
        file: folder.file('journal-2'),
        offset: start,
        bytes: length - start,
      });
    }
    await folder.cut('journal-2', start);
    expect(await readGeneration(folder.path)).not.toHaveProperty('torn');
    await folder.write('journal-2', whole);
    expect(await productsIn()).toEqual(UNITS);
  });

  it('loses its last record and no other, whichever byte of it is another', async () => {
    const whole = await folder.bytes('journal-2');
    const [, start = 0, end = 0] = ends;
    for (let at = start; at < end; at += 1) {
      await folder.write('journal-2', withFlipped(whole, at));
      const { state, torn } = await readGeneration(folder.path);
      expect(state.rows.map(({ key }) => key)).toEqual(['one', 'two']);
      expect(torn?.offset).toBe(start);
    }
  });

  it('loses a last record of which the disk kept only the length', async () => {
    const whole = await folder.bytes('journal-2');
    await folder.write('journal-2', whole.fill(0, ends[1]));
    expect(await productsIn()).toEqual(['one', 'two']);
  });

  it('stops the start, whichever byte before its last record is another', async () => {
    const whole = await folder.bytes('journal-2');
    for (let at = 0; at < ends[1]!; at += 1) {
      await folder.write('journal-2', withFlipped(whole, at));
      await expect(readGeneration(folder.path)).rejects.toMatchObject({ reason: 'damaged' });
    }
  });

  it('stops the start if the record before a torn one cannot be read', async () => {
    const whole = await folder.bytes('journal-2');
    const [header = 0, start = 0, end = 0] = ends;
    for (const at of [header + 5, start - 1]) {
      await folder.write('journal-2', withFlipped(whole, at).subarray(0, end - 1));
      await expect(readGeneration(folder.path)).rejects.toMatchObject({ reason: 'damaged' });
    }
  });

  it('says which file is damaged, where, and what to do', async () => {
    await folder.write('journal-2', withFlipped(await folder.bytes('journal-2'), ends[0]!));
    await expect(folder.open()).rejects.toThrow(
      new StorageFolderRefused(
        'damaged',
        `${folder.file('journal-2')} is damaged at byte ${HEADER_BYTES}: a record cannot be read, ` +
          'and more follow it. Nothing was changed. Restore the whole folder from a backup, or set ' +
          'APOLLO_STORAGE_DIR to an empty folder to begin anew',
      ),
    );
  });
});

describe('the snapshot at a start', () => {
  it('stops the start, whichever of its bytes is another', async () => {
    const whole = await folder.bytes('snapshot-2');
    for (let at = 0; at < whole.length; at += 1) {
      await folder.write('snapshot-2', withFlipped(whole, at));
      await expect(readGeneration(folder.path)).rejects.toMatchObject({ reason: 'damaged' });
    }
  });

  it('stops the start, wherever it breaks off', async () => {
    const { length } = await folder.bytes('snapshot-2');
    for (let left = length - 1; left >= 0; left -= 1) {
      await folder.cut('snapshot-2', left);
      await expect(readGeneration(folder.path)).rejects.toMatchObject({ reason: 'damaged' });
    }
  });
});

describe('a start', () => {
  const REFUSED: {
    name: string;
    change: () => Promise<void>;
    reason: string;
    message: RegExp;
  }[] = [
    {
      name: 'a journal of a newer schema',
      change: () =>
        folder.write(
          'journal-2',
          encodeHeader({ kind: 'journal', sequence: 1, schema: SCHEMA + 1 }),
        ),
      reason: 'too_new',
      message: /journal-2 was written by a newer version .*its schema is 2, .*Start that version/,
    },
    {
      name: 'a snapshot of a newer schema',
      change: () =>
        folder.write(
          'snapshot-2',
          encodeHeader({ kind: 'snapshot', sequence: 1, schema: SCHEMA + 1 }),
        ),
      reason: 'too_new',
      message: /snapshot-2 was written by a newer version/,
    },
    {
      name: 'a table that it does not know',
      change: () => append(encodeRecord(4, '{"changes":[{"table":"airships","key":"a"}]}')),
      reason: 'too_new',
      message: /it has a table airships/,
    },
    {
      name: 'a missing record',
      change: () => append(encodeRecord(5, '{"changes":[]}')),
      reason: 'damaged',
      message: /record 5 follows record 3/,
    },
    {
      name: 'a record that is there twice',
      change: () => append(encodeRecord(3, '{"changes":[]}')),
      reason: 'damaged',
      message: /record 3 follows record 3/,
    },
    {
      name: 'the journal of another snapshot',
      change: () => folder.write('journal-2', encodeHeader({ kind: 'journal', sequence: 7 })),
      reason: 'damaged',
      message: /it begins after record 7, and its snapshot ends at 1/,
    },
    {
      name: 'a snapshot where the journal should be',
      change: async () => folder.write('journal-2', await folder.bytes('snapshot-2')),
      reason: 'damaged',
      message: /this is no journal/,
    },
    {
      name: 'a missing journal',
      change: () => folder.remove('journal-2'),
      reason: 'damaged',
      message: /journal-2 is damaged at byte 0: the file is missing/,
    },
    {
      name: 'a missing snapshot',
      change: () => folder.remove('snapshot-2'),
      reason: 'damaged',
      message: /journal-2 is damaged at byte 0: the snapshot before it is missing/,
    },
    {
      name: 'a missing snapshot of a journal that is empty',
      change: async () => {
        await folder.cut('journal-2', HEADER_BYTES);
        await folder.remove('snapshot-2');
      },
      reason: 'damaged',
      message: /the snapshot before it is missing/,
    },
  ];
  it.each(REFUSED)('refuses $name, and changes nothing', async ({ change, reason, message }) => {
    await change();
    const before = await folder.files();
    await expect(folder.open()).rejects.toMatchObject({
      name: 'StorageFolderRefused',
      reason,
      message: expect.stringMatching(message),
    });
    expect(await folder.files()).toEqual(before);
  });

  const INTERRUPTED: { name: string; leave: () => Promise<void> }[] = [
    {
      name: 'while it wrote its journal',
      leave: () => folder.write(`journal-3.new-${'0'.repeat(32)}`, Buffer.from('APOL')),
    },
    {
      name: 'before it wrote its snapshot',
      leave: () => folder.write('journal-3', encodeHeader({ kind: 'journal', sequence: 3 })),
    },
    {
      name: 'while it wrote its snapshot',
      leave: async () => {
        await folder.write('journal-3', encodeHeader({ kind: 'journal', sequence: 3 }));
        await folder.write(`snapshot-3.new-${'0'.repeat(32)}`, Buffer.from('APOL'));
      },
    },
    {
      name: 'before it removed the files of the one before',
      leave: async () => {
        const old = [await folder.bytes('journal-2'), await folder.bytes('snapshot-2')] as const;
        await beginGeneration(folder.path, await readGeneration(folder.path));
        await folder.write('journal-2', old[0]);
        await folder.write('snapshot-2', old[1]);
      },
    },
    {
      name: 'after it removed one file of the one before',
      leave: async () => {
        const old = await folder.bytes('journal-2');
        await beginGeneration(folder.path, await readGeneration(folder.path));
        await folder.write('journal-2', old);
      },
    },
  ];
  it.each(INTERRUPTED)('goes on from one that ended $name', async ({ leave }) => {
    await leave();
    const store = await folder.open();
    const { items } = await store.transact((unit) => unit.products.list({ limit: 10 }));
    expect(items.map(({ name }) => name)).toEqual([...UNITS].sort());
    const [journal, snapshot, ...more] = await folder.files();
    expect(journal?.replace('journal', 'snapshot')).toBe(snapshot);
    expect(more).toEqual([]);
  });

  it('goes on from a first one that ended before it wrote its snapshot', async () => {
    const fresh = await StorageFolder.create();
    await fresh.write('journal-1', encodeHeader({ kind: 'journal', sequence: 0 }));
    await fresh.open();
    expect(await fresh.files()).toEqual(['journal-1', 'snapshot-1']);
    await fresh.dispose();
  });
});

async function append(record: Uint8Array): Promise<void> {
  await folder.write('journal-2', Buffer.concat([await folder.bytes('journal-2'), record]));
}

function withFlipped(bytes: Buffer, at: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped[at] = flipped[at]! ^ 0x01;
  return flipped;
}
