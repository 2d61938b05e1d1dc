import { describe, expect, it } from '@jest/globals';
import { ChainCheck } from '@apollo-deploy/domain';
import {
  auditHead,
  auditLines,
  AuditSequencer,
  type Context,
  CountingIds,
  type Store,
  VirtualClock,
} from '@apollo-deploy/orchestration';
import { anAuditEntry } from '@apollo-deploy/orchestration/testing';
import { gate } from '../testing/gate.js';
import { sharedDatabase } from '../testing/shared-database.js';
import { WAITS_FOR_A_LOCK } from '../testing/test-database.js';

const database = sharedDatabase();
const START = new Date('2026-03-02T12:00:00.000Z');

function contextOf(store: Store, clock = new VirtualClock(START)): Context {
  return { store, clock, ids: new CountingIds(), startedAt: START };
}

function write(store: Store, id: string): Promise<void> {
  return store.transact((unit) => unit.audit.append(anAuditEntry({ id })));
}

async function linkedIn(store: Store): Promise<readonly string[]> {
  const head = await auditHead({ store });
  const chain = new ChainCheck(head === undefined ? [] : [head]);
  const ids: string[] = [];
  for await (const page of auditLines({ store }, 0)) {
    for (const line of page) {
      chain.take(line);
      ids.push((JSON.parse(line) as { entry: { id: string } }).entry.id);
    }
  }
  expect(chain.end()).toMatchObject({ ok: true });
  return ids;
}

describe('sequencers of several replicas on one database', () => {
  it('link everything once, whoever writes and links at the same time', async () => {
    const clock = new VirtualClock(START);
    const stores = [await database.open(), await database.open()];
    const ids = Array.from({ length: 60 }, (_, index) => `entry-${index + 10}`);
    const sequencers = stores.map(
      (store, index) => new AuditSequencer(contextOf(store, clock), `replica-${index}`),
    );
    const writing = ids.map((id, index) => write(stores[index % 2]!, id));
    const linking = Array.from({ length: 20 }, (_, index) => {
      // Each time the lease has run out, so that both want it.
      clock.advance(15_000);
      return sequencers[index % 2]!.run();
    });
    await Promise.all([...writing, ...linking]);
    clock.advance(15_000);
    await sequencers[0]!.run();
    expect([...(await linkedIn(stores[0]!))].sort()).toEqual(ids);
  });

  it('put what commits late after what was linked before, and leave nothing out', async () => {
    const store = await database.open();
    const sequencer = new AuditSequencer(contextOf(store), 'replica-a');
    const [written, mayCommit] = [gate(), gate()];
    const late = store.transact(async (unit) => {
      await unit.audit.append(anAuditEntry({ id: 'late' }));
      written.open();
      await mayCommit.opened;
    });
    await written.opened;
    await write(store, 'soon');
    await sequencer.run();
    expect(await linkedIn(store)).toEqual(['soon']);
    mayCommit.open();
    await late;
    await sequencer.run();
    expect(await linkedIn(store)).toEqual(['soon', 'late']);
  });

  it('go on where one was killed in the middle, after its connection is gone', async () => {
    const [dying, living] = [await database.open(), await database.open()];
    await write(dying, 'a');
    await new AuditSequencer(contextOf(dying), 'replica-a').run();
    await write(dying, 'b');
    const [linked, mayGoOn] = [gate(), gate()];
    const killed = dying.transact(async (unit) => {
      await unit.leases.acquire({
        ...{ name: 'audit-chain', holder: 'replica-a', ttlMs: 15_000 },
        now: START.toISOString(),
      });
      const previous = (await unit.auditChain.head())?.hash ?? '';
      const hash = 'a'.repeat(64);
      await unit.auditChain.append([{ number: 2, entryId: 'b', previous, hash }]);
      linked.open();
      await mayGoOn.opened;
      await unit.auditChain.head();
    });
    await linked.opened;
    const other = new AuditSequencer(
      contextOf(living, new VirtualClock(new Date(START.getTime() + 15_000))),
      'replica-b',
    );
    const taking = other.run();
    while ((await database.connections(WAITS_FOR_A_LOCK)) === 0);
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND state = 'idle in transaction'`,
    );
    mayGoOn.open();
    await expect(killed).rejects.toThrow();
    expect((await taking)?.number).toBe(2);
    expect(await linkedIn(living)).toEqual(['a', 'b']);
  });
});

describe('the audit trail in the database', () => {
  it.each(['audit_entries', 'audit_links'])('refuses its owner to change %s', async (table) => {
    const store = await database.open();
    await write(store, 'a');
    await new AuditSequencer(contextOf(store), 'replica-a').run();
    const column = table === 'audit_links' ? 'hash' : 'actor';
    for (const statement of [
      `UPDATE ${table} SET ${column} = 'x'`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table}`,
    ]) {
      await expect(database.query(statement)).rejects.toThrow('the audit trail only grows');
    }
    expect(await linkedIn(store)).toEqual(['a']);
  });
});
