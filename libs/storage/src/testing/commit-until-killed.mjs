// Commits numbered units of work into a folder until it is killed: `node … FOLDER`. Prints `open`
// once the folder is open, and after each unit its number, which is then durable.
import { writeSync } from 'node:fs';
import { FilesystemStore } from '../../dist/filesystem/filesystem-store.js';

const NOON = '2026-03-02T12:00:00.000Z';

const store = await FilesystemStore.open({ directory: process.argv[2] ?? '' });
// At once, and not when the process next has time: it may not live that long.
writeSync(1, 'open\n');
let number = await countUnits();
for (;;) {
  number += 1;
  await commit(number);
  writeSync(1, `${number}\n`);
}

/** @returns {Promise<number>} */
async function countUnits() {
  return store.transact(async ({ products }) => {
    let count = 0;
    while ((await products.get(`product-${count + 1}`)) !== undefined) count += 1;
    return count;
  });
}

/** @param {number} number */
async function commit(number) {
  await store.transact(async (unit) => {
    await unit.products.insert({
      name: `product-${number}`,
      criticality: 'medium',
      rolloutTimeoutSeconds: 300,
      labels: { padding: 'x'.repeat((number * 997) % 20_000) },
      createdAt: NOON,
      version: 1,
    });
    await unit.audit.append({
      id: `audit-${number}`,
      at: NOON,
      actor: 'tester',
      actorKind: 'person',
      action: 'product.create',
      subject: `product/product-${number}`,
      detail: {},
    });
    await unit.charts.put(`chart-${number}`, Buffer.from(`archive ${number}`));
    await unit.dirty.take(1);
    await unit.dirty.mark([`entity-${number}`]);
  });
}
