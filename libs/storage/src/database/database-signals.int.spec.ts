import { beforeEach, describe, expect, it } from '@jest/globals';
import { type CommitSignal, MISSED } from '@apollo-deploy/orchestration';
import { anAuditEntry, anOutboxMessage } from '@apollo-deploy/orchestration/testing';
import { Ear } from '../testing/ear.js';
import { sharedDatabase } from '../testing/shared-database.js';
import type { DatabaseStore } from './database-store.js';

const database = sharedDatabase();
let one: DatabaseStore;
let other: DatabaseStore;
beforeEach(async () => {
  [one, other] = [await database.open(), await database.open()];
});

const DIRTY: CommitSignal = { dirty: true, outbox: [], events: false };

/** Ends the connections that listen, as a failing network or an operator does. */
async function breakListening(): Promise<void> {
  const ended = await database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
  );
  expect(ended).toHaveLength(2);
}

describe('two stores on one database', () => {
  it('hear what the other has marked and written, once it is committed', async () => {
    const ears = [new Ear(one), new Ear(other)];
    await one.transact((unit) => unit.audit.append(anAuditEntry()));
    const undone = one.transact(async (unit) => {
      await unit.dirty.mark(['undone']);
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    await one.transact((unit) => unit.dirty.mark(['a', 'b']));
    await one.transact(async (unit) => {
      await unit.outbox.add(anOutboxMessage({ id: 'm1', spoke: 'spoke-b' }));
      await unit.outbox.add(anOutboxMessage({ id: 'm2', spoke: 'spoke-b' }));
    });
    const written = { dirty: false, outbox: ['spoke-b'], events: false };
    expect(await ears[1]!.first(2)).toEqual([DIRTY, written]);
    // And it is committed: what was told of can be taken.
    expect(await other.transact((unit) => unit.dirty.take(10))).toHaveLength(2);
    // Who wrote it was told when it committed, and is not told twice.
    await other.transact((unit) => unit.dirty.mark(['c']));
    expect(await ears[0]!.first(3)).toEqual([DIRTY, written, DIRTY]);
  });

  it('hear what a process marked that was none of them, and died', async () => {
    const ear = new Ear(other);
    await database.query(`INSERT INTO dirty_entities (entity, force) VALUES ('a', false)`);
    expect(await ear.first(1)).toEqual([DIRTY]);
  });

  it('say so when they do not hear, and again when they may have missed something', async () => {
    const ear = new Ear(other);
    expect(other.hearsOthers()).toBe(true);
    await breakListening();
    expect(await ear.first(1)).toEqual([MISSED]);
    expect(other.hearsOthers()).toBe(false);
    await one.transact((unit) => unit.dirty.mark(['unheard']));
    expect(await ear.first(2)).toEqual([MISSED, MISSED]);
    expect(other.hearsOthers()).toBe(true);
    expect(await other.transact((unit) => unit.dirty.take(10))).toHaveLength(1);
    await one.transact((unit) => unit.dirty.mark(['heard again']));
    expect(await ear.first(3)).toEqual([MISSED, MISSED, DIRTY]);
  });

  it('may be closed while they try to listen', async () => {
    const ear = new Ear(other);
    await breakListening();
    await ear.first(1);
    await other.close();
    expect(other.hearsOthers()).toBe(false);
  });
});

describe('a commit of which the server does not say whether it was kept', () => {
  it('is looked into', async () => {
    const ear = new Ear(one);
    const lost = one.transact(async (unit) => {
      await unit.dirty.mark(['a']);
      await database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND state = 'idle in transaction'`,
      );
    });
    await expect(lost).rejects.toThrow('did not say whether it kept the last writes');
    expect(await ear.first(1)).toEqual([MISSED]);
  });
});
