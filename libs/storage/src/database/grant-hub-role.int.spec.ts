import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MIGRATIONS } from '@apollo-deploy/migrations';
import { AuditSequencer, CountingIds, VirtualClock } from '@apollo-deploy/orchestration';
import { anAuditEntry, aProduct } from '@apollo-deploy/orchestration/testing';
import { Client } from 'pg';
import { sharedDatabase } from '../testing/shared-database.js';
import { historyOf } from './database-history.js';
import { grantHubRole } from './grant-hub-role.js';
import { migrateSchema } from './migrate-schema.js';

const database = sharedDatabase();

/** A step of a later version. */
class AddSomething1999999999999 {
  readonly name = 'AddSomething1999999999999';

  async up(runner: { query(statement: string): Promise<unknown> }): Promise<void> {
    await runner.query('CREATE TABLE something (id integer)');
  }
}

let role: string;
beforeEach(async () => {
  role = `hub_${randomBytes(6).toString('hex')}`;
  await database.query(`CREATE ROLE ${role}`);
});
afterEach(async () => {
  await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
});

/** Where a hub connects that has only this role. */
function urlAsRole(): string {
  const separator = database.url.includes('?') ? '&' : '?';
  return `${database.url}${separator}options=-c%20role%3D${role}`;
}

function asRole(statement: string): Promise<unknown> {
  return database.query(`SET ROLE ${role}; ${statement}`);
}

type Link = readonly [number, string | null, string, string | null];

/** The statement by which a hub links. */
function linking(...links: readonly Link[]): string {
  const column = (at: 0 | 1 | 2 | 3) =>
    links.map((link) => (link[at] === null ? 'NULL' : `$$${link[at]}$$`)).join(', ');
  return `SELECT public.link_audit_entries(ARRAY[${column(0)}]::bigint[], ARRAY[${column(1)}]::text[],
    ARRAY[${column(2)}]::text[], ARRAY[${column(3)}]::text[])`;
}

/** As docs/security.md has it. */
const LOST = `SELECT count(*) AS lost FROM audit_entries
  WHERE NOT EXISTS (SELECT FROM audit_links WHERE entry_id = audit_entries.id)
    AND NOT EXISTS (SELECT FROM audit_pending WHERE position = audit_entries.position)`;

describe('the role of a hub', () => {
  it('can do what a hub does: open the store, write, and link the audit trail', async () => {
    await grantHubRole({ url: database.url }, role);
    const store = await database.open({ url: urlAsRole() });
    await store.transact(async (unit) => {
      await unit.products.insert(aProduct());
      await unit.audit.append(anAuditEntry());
    });
    const now = new Date('2026-03-02T12:00:00.000Z');
    const context = {
      ...{ store, clock: new VirtualClock(now), ids: new CountingIds(), startedAt: now },
    };
    expect((await new AuditSequencer(context, 'replica-a').run())?.number).toBe(1);
    expect(await store.transact((unit) => unit.outbox.pending(['spoke-a']))).toEqual([]);
  });

  it('may ask which server it is that it listens to', async () => {
    await grantHubRole({ url: database.url }, role);
    const client = new Client({ connectionString: urlAsRole() });
    await client.connect();
    expect(await historyOf(client)).toMatch(/^\d+-[0-9A-F]{8}$/);
    await client.end();
  });

  it.each([
    'UPDATE audit_entries SET actor = $$x$$',
    'DELETE FROM audit_entries',
    'TRUNCATE audit_entries',
    'UPDATE audit_links SET hash = $$x$$',
    'DELETE FROM audit_links',
    'TRUNCATE audit_links',
    'INSERT INTO audit_links VALUES (9007199254740991, $$a$$, $$b$$, $$c$$)',
    'INSERT INTO audit_pending VALUES (1, $$nothing$$)',
    'UPDATE audit_pending SET entry_id = $$nothing$$',
    'DELETE FROM audit_pending',
    'TRUNCATE audit_pending',
    'CREATE TEMP TABLE mine (position bigint, id text); CREATE TRIGGER fills AFTER INSERT ON mine REFERENCING NEW TABLE AS added EXECUTE FUNCTION queue_audit_entries()',
    'CREATE FUNCTION pg_temp.nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$; CREATE TRIGGER swallows BEFORE INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION pg_temp.nothing()',
    'ALTER TABLE audit_entries DISABLE TRIGGER ALL',
    'DROP TABLE audit_links',
    'SET session_replication_role = replica',
    'DELETE FROM schema_migrations',
  ])('is refused by the database: %s', async (statement) => {
    await grantHubRole({ url: database.url }, role);
    await expect(asRole(statement)).rejects.toThrow(/permission denied|must be owner/);
  });

  describe('that links the trail itself', () => {
    const START = '0'.repeat(64);
    const HASH = 'a'.repeat(64);
    beforeEach(async () => {
      await grantHubRole({ url: database.url }, role);
      const store = await database.open({ url: urlAsRole() });
      await store.transact(async (unit) => {
        for (const id of ['a', 'b', 'c']) await unit.audit.append(anAuditEntry({ id }));
      });
      await asRole(linking([1, 'a', START, HASH]));
    });

    it('can do so one after the other, and no entry is neither linked nor waiting', async () => {
      await asRole(linking([2, 'c', HASH, START]));
      expect(await database.query('SELECT number, entry_id FROM audit_links ORDER BY 1')).toEqual([
        { number: '1', entry_id: 'a' },
        { number: '2', entry_id: 'c' },
      ]);
      expect(await database.query('SELECT entry_id FROM audit_pending')).toEqual([
        { entry_id: 'b' },
      ]);
      expect(await database.query(LOST)).toEqual([{ lost: '0' }]);
    });

    it.each([
      { name: 'a number beyond the next', links: [[3, 'b', HASH, START]] },
      { name: 'a number that is taken', links: [[1, 'b', START, HASH]] },
      { name: 'another hash before', links: [[2, 'b', START, HASH]] },
      { name: 'what is no hash', links: [[2, 'b', HASH, 'c']] },
      { name: 'no hash', links: [[2, 'b', HASH, null]] },
      { name: 'an entry that is linked', links: [[2, 'a', HASH, START]] },
      { name: 'an entry that never was', links: [[2, 'nothing', HASH, START]] },
      { name: 'no entry', links: [[2, null, HASH, START]] },
      { name: 'one entry twice', links: [[2, 'b', HASH, START], [3, 'b', START, HASH]] }, // prettier-ignore
      { name: 'a second link that does not follow', links: [[2, 'b', HASH, START], [3, 'c', HASH, START]] }, // prettier-ignore
    ] as readonly { name: string; links: readonly Link[] }[])(
      'is refused $name',
      async ({ links }) => {
        await expect(asRole(linking(...links))).rejects.toThrow(
          /audit trail|duplicate key|null value/,
        );
        expect(await database.query('SELECT number FROM audit_links')).toEqual([{ number: '1' }]);
        expect(await database.query('SELECT entry_id FROM audit_pending')).toHaveLength(2);
      },
    );

    it('is not helped by tables of its own', async () => {
      const traps = `CREATE TEMP TABLE audit_pending (position bigint, entry_id text);
        CREATE TEMP TABLE audit_links (number bigint, entry_id text, previous text, hash text);
        SET search_path = pg_temp, public; `;
      await expect(asRole(traps + linking([9, 'b', HASH, START]))).rejects.toThrow(
        'do not go on after the head',
      );
    });
  });

  it('is told who has to change a schema that is older than the hub', async () => {
    await grantHubRole({ url: database.url }, role);
    const migrations = [...MIGRATIONS, AddSomething1999999999999];
    await expect(migrateSchema({ url: urlAsRole() }, { migrations })).rejects.toThrow(
      'with the DATABASE_URL of the owner of the tables',
    );
  });

  it('loses what it was granted before', async () => {
    await database.query(`GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role}`);
    await grantHubRole({ url: database.url }, role);
    await expect(asRole('DELETE FROM audit_entries')).rejects.toThrow('permission denied');
  });

  it('has to exist, and must not be the owner', async () => {
    const settings = { url: database.url };
    await expect(grantHubRole(settings, 'nobody_here')).rejects.toThrow('has no role nobody_here');
    const [owner] = await database.query('SELECT current_user AS name');
    await expect(grantHubRole(settings, String(owner?.['name']))).rejects.toThrow(
      'could change the audit trail',
    );
  });
});
