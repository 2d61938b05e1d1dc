import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MIGRATIONS } from '@apollo-deploy/migrations';
import { StoreUnavailable } from '@apollo-deploy/orchestration';
import { aProduct } from '@apollo-deploy/orchestration/testing';
import { Client } from 'pg';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { DatabaseStore } from './database-store.js';
import { migrateSchema, SchemaTooNew } from './migrate-schema.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase({ schema: false });
});
afterEach(async () => {
  await database.drop();
});

describe('the schema', () => {
  it.each([{ hubs: 2 }, { hubs: 10 }])(
    'is made once when $hubs hubs start at once on an empty database',
    async ({ hubs }) => {
      const url = database.url;
      const stores = await Promise.all(
        Array.from({ length: hubs }, () => DatabaseStore.open({ url })),
      );
      const applied = await database.query('SELECT name FROM schema_migrations ORDER BY id');
      expect(applied.map(({ name }) => name)).toEqual(MIGRATIONS.map(({ name }) => name));
      await stores[0]!.transact((unit) => unit.products.insert(aProduct()));
      for (const store of stores) {
        expect(await store.transact((unit) => unit.products.get('test-service'))).toEqual(
          aProduct(),
        );
        await store.close();
      }
    },
  );

  it('is left alone by the next start', async () => {
    await migrateSchema({ url: database.url });
    const before = await database.query('SELECT oid FROM pg_class ORDER BY oid');
    await migrateSchema({ url: database.url });
    expect(await database.query('SELECT oid FROM pg_class ORDER BY oid')).toEqual(before);
  });

  it('is refused by an older version, which leaves it as it is', async () => {
    await migrateSchema({ url: database.url });
    const older = { migrations: MIGRATIONS.slice(0, -1) };
    const newest = MIGRATIONS.at(-1)!.name;
    await expect(migrateSchema({ url: database.url }, older)).rejects.toThrow(
      new SchemaTooNew(
        `the database was prepared by a newer version of Apollo (${newest}); start that version or ` +
          'a later one, or restore a backup from before the upgrade',
      ),
    );
    await migrateSchema({ url: database.url });
  });

  it('is taken further by a newer version', async () => {
    await migrateSchema({ url: database.url }, { migrations: MIGRATIONS.slice(0, 2) });
    expect(await database.query(`SELECT to_regclass('plans') AS found`)).toEqual([{ found: null }]);
    await migrateSchema({ url: database.url });
    expect(await database.query(`SELECT to_regclass('plans') AS found`)).toEqual([
      { found: 'plans' },
    ]);
  });

  it('is not waited for without end while another hub changes it', async () => {
    const holder = new Client({ connectionString: database.url });
    await holder.connect();
    await holder.query('SELECT pg_advisory_lock(107075202084975)');
    const blocked = migrateSchema({ url: database.url }, { waitMs: 150 });
    await expect(blocked).rejects.toThrow(StoreUnavailable);
    await expect(blocked).rejects.toThrow('another hub has been changing');
    await holder.end();
    await migrateSchema({ url: database.url });
  });
});
