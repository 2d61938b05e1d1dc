import type { BackupRecord } from '@apollo-deploy/domain';
import { describe, expect, it } from '@jest/globals';
import { aBackup } from '../testing/records/fleet-records.js';
import type { Store } from './store.js';

const NOON = '2026-03-01T12:00:00.000Z';

export function describeStoredBackups(store: () => Store): void {
  const put = (...records: readonly BackupRecord[]) =>
    store().transact(async (unit) => {
      for (const record of records) await unit.backups.put(record);
    });
  const get = (...bases: readonly Pick<BackupRecord, 'entity' | 'releaseDigest'>[]) =>
    store().transact((unit) => unit.backups.getMany(bases));

  describe('backups', () => {
    it.each([
      { name: 'asked for', record: aBackup() },
      {
        name: 'asked for twice',
        record: aBackup({ asked: 2, askedAt: '2026-03-01T12:00:45.000Z' }),
      },
      { name: 'failed', record: aBackup({ status: 'failed', detail: 'é "no room"' }) },
      {
        name: 'done, with what was kept',
        record: aBackup({
          status: 'done',
          snapshot: {
            chart: { name: 'web', version: '1.0.0', sha256: 'c'.repeat(64) },
            values: { 'a.b': ['NUL \u0000', null, 1.5] },
          },
        }),
      },
    ])('keep every field: $name', async ({ record }) => {
      await put(record);
      expect(await get(record)).toStrictEqual([record]);
    });

    it('are one for each entity and head, the newest', async () => {
      const other = aBackup({ releaseDigest: 'head-2' });
      const done = aBackup({ status: 'done' });
      await put(aBackup(), other, aBackup({ entity: 'another' }), done);
      expect(await get(other, aBackup(), aBackup({ entity: 'unknown' }))).toEqual([done, other]);
      expect(await get()).toEqual([]);
    });

    it('are found while they are asked for, in order, up to a number', async () => {
      await put(aBackup({ entity: 'c' }), aBackup({ entity: 'a' }), aBackup({ entity: 'b' }));
      await put(aBackup({ entity: 'a', status: 'failed' }), aBackup({ entity: 'd' }));
      const requested = (limit: number) =>
        store().transact(async (unit) =>
          (await unit.backups.requested(limit, NOON)).map(({ entity }) => entity),
        );
      expect(await requested(9)).toEqual(['b', 'c', 'd']);
      expect(await requested(2)).toEqual(['b', 'c']);
    });

    it.each([
      { name: 'before that', askedAt: '2026-03-01T11:59:59.999Z', found: true },
      { name: 'just then', askedAt: NOON, found: true },
      { name: 'after that', askedAt: '2026-03-01T12:00:00.001Z', found: false },
    ])(
      'that somebody was asked for $name are among those not heard of since: $found',
      async ({ askedAt, found }) => {
        await put(aBackup({ asked: 1, askedAt }));
        const unheard = await store().transact((unit) => unit.backups.requested(9, NOON));
        expect(unheard).toHaveLength(found ? 1 : 0);
      },
    );
  });
}
