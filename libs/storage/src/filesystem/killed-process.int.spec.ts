import { once } from 'node:events';
import { watch } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { UnitOfWork } from '@apollo-deploy/orchestration';
import { CommittingProcess } from '../testing/committing-process.js';
import { StorageFolder } from '../testing/storage-folder.js';

const KILLS = 30;

let folder: StorageFolder;
beforeEach(async () => {
  folder = await StorageFolder.create();
});
afterEach(() => folder.dispose());

describe('a process that is killed while it commits', () => {
  it(`leaves all it acknowledged, and nothing half, ${KILLS} times over`, async () => {
    let kept = 0;
    for (let round = 0; round < KILLS; round += 1) {
      const process = new CommittingProcess(folder.path);
      await (round % 3 === 0 ? filesChange(1 + round) : process.says(1 + ((round * 7) % 11)));
      await process.kill();

      const acknowledged = process.kept.at(-1) ?? kept;
      const store = await folder.open();
      const found = await store.transact(countUnits);
      await store.close();
      expect(found).toBeGreaterThanOrEqual(acknowledged);
      // The one in hand may have been durable already when nobody could be told any more.
      expect(found).toBeLessThanOrEqual(acknowledged + 1);
      kept = found;
    }
  });
});

describe('a process that holds the folder', () => {
  it('keeps others out, also while it is suspended, until it is killed', async () => {
    const process = new CommittingProcess(folder.path);
    await process.says(1);
    const refused = { reason: 'in_use', message: expect.stringContaining(`${process.pid};`) };
    await expect(folder.open()).rejects.toMatchObject(refused);
    process.suspend();
    await expect(folder.open()).rejects.toMatchObject(refused);
    await process.kill();
    await folder.open();
  });
});

/** Waits until files in the folder came, grew or went this many times: mostly during a start. */
async function filesChange(times: number): Promise<void> {
  const watcher = watch(folder.path);
  for (let change = 0; change < times; change += 1) await once(watcher, 'change');
  watcher.close();
}

/** How many units of work are there; fails if any part of one is there without the others. */
async function countUnits(unit: UnitOfWork): Promise<number> {
  let count = 0;
  while ((await unit.products.get(`product-${count + 1}`)) !== undefined) count += 1;
  const numbers = [...Array(count + 1).keys()].map((index) => index + 1);

  const audit = await unit.audit.list({}, { limit: 200 });
  expect(audit.items.map(({ id }) => id)).toEqual(
    numbers.slice(0, Math.min(count, 200)).map((number) => `audit-${number}`),
  );
  for (const number of numbers) {
    const archive = await unit.charts.get(`chart-${number}`);
    const expected = number > count ? undefined : `archive ${number}`;
    expect(archive && Buffer.from(archive).toString()).toBe(expected);
  }
  const marked = (await unit.dirty.take(10)).map(({ entity }) => entity);
  expect(marked).toEqual(count === 0 ? [] : [`entity-${count}`]);
  await unit.dirty.mark(marked);
  return count;
}
