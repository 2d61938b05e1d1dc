import { beforeEach, describe, expect, it } from '@jest/globals';
import { ok } from '@apollo-deploy/kernel';
import type { UnitOfWork } from '@apollo-deploy/orchestration';
import { anEvent } from '@apollo-deploy/orchestration/testing';
import { sharedDatabase } from '../testing/shared-database.js';
import type { DatabaseStore } from './database-store.js';

const database = sharedDatabase();
let store: DatabaseStore;
beforeEach(async () => {
  store = await database.open();
});

/** A transaction that is open until the test ends it. */
interface OpenTransaction {
  readonly unit: UnitOfWork;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

function begin(): Promise<OpenTransaction> {
  return new Promise((resolve, reject) => {
    const ended = store.transact((unit) => {
      return new Promise<void>((keep, undo) => {
        resolve({
          unit,
          commit: () => {
            keep();
            return ended;
          },
          rollback: async () => {
            undo(new Error('rolled back'));
            await expect(ended).rejects.toThrow('rolled back');
          },
        });
      });
    });
    ended.catch(reject);
  });
}

function say(unit: UnitOfWork, type: string): Promise<void> {
  return unit.events.append([anEvent({ type })]);
}

/** Someone who follows the log: reads on after the last event it has. */
class Follower {
  readonly types: string[] = [];
  private last: string | undefined;

  async look(): Promise<readonly string[]> {
    const read = await store.transact((unit) => unit.events.after(this.last, 100));
    if (!read.ok) throw new Error('the follower was not known any more');
    this.last = read.value.at(-1)?.id ?? this.last;
    this.types.push(...read.value.map(({ type }) => type));
    return this.types;
  }

  /** Other databases of the server may be busy, which withholds events for a moment. */
  async until(count: number): Promise<readonly string[]> {
    while ((await this.look()).length < count);
    return this.types;
  }
}

describe('somebody who follows the log while two transactions are open', () => {
  it('misses nothing of the one that wrote first and commits last', async () => {
    const follower = new Follower();
    const [first, second] = [await begin(), await begin()];
    await say(first.unit, 'first');
    await say(second.unit, 'second');
    await second.commit();
    expect(await follower.look()).toEqual([]);
    await first.commit();
    expect(await follower.until(2)).toEqual(['first', 'second']);
  });

  it('misses nothing of the one that began to write last, and drew the lower place', async () => {
    const follower = new Follower();
    const [early, late] = [await begin(), await begin()];
    // Writing anything gives a transaction its number; the places of events are drawn later.
    await early.unit.dirty.mark(['a']);
    await late.unit.dirty.mark(['b']);
    await say(late.unit, 'late');
    await say(early.unit, 'early');
    await early.commit();
    expect(await follower.until(1)).toEqual(['early']);
    await late.commit();
    expect(await follower.until(2)).toEqual(['early', 'late']);
  });

  it('waits for neither reading nor what was rolled back', async () => {
    const follower = new Follower();
    const [reading, failing, writing] = [await begin(), await begin(), await begin()];
    await reading.unit.plans.get('none');
    await say(failing.unit, 'never');
    await say(writing.unit, 'written');
    await writing.commit();
    expect(await follower.look()).toEqual([]);
    await failing.rollback();
    expect(await follower.until(1)).toEqual(['written']);
    await reading.commit();
    expect(await follower.look()).toEqual(['written']);
  });

  it('is given no newest event behind which one may still come', async () => {
    const [first, second] = [await begin(), await begin()];
    await say(first.unit, 'first');
    await say(second.unit, 'second');
    await second.commit();
    expect(await store.transact((unit) => unit.events.newestId())).toBeUndefined();
    await first.commit();
    const follower = new Follower();
    await follower.until(2);
  });

  it('has each event once, in one order, whoever commits when', async () => {
    const followers = [new Follower(), new Follower()];
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let turn = 0; turn < 25; turn += 1) {
        await store.transact(async (unit) => {
          if (writer % 2 === 0) await unit.dirty.mark([`entity-${String(writer)}`]);
          await say(unit, `${String(writer)}.${String(turn)}`);
        });
      }
    });
    const following = followers.map((follower) => follower.until(8 * 25));
    await Promise.all(writers);
    const [one, other] = await Promise.all(following);
    expect(new Set(one).size).toBe(8 * 25);
    expect(one).toHaveLength(8 * 25);
    expect(other).toEqual(one);
  });
});

describe('a log that was restored from another server', () => {
  it('is forgotten as far as its numbers are still to come here', async () => {
    await store.transact((unit) => say(unit, 'ours'));
    await database.query(`INSERT INTO events (transaction, at, type, subject, data)
      VALUES ('900000000000', '2026-03-02T12:00:00Z', 'theirs', '{}', '{}')`);
    const follower = new Follower();
    await follower.until(1);
    await store.transact((unit) => unit.events.forgetBefore('2026-03-02T11:00:00.000Z'));
    expect(await database.query('SELECT type FROM events')).toEqual([{ type: 'ours' }]);
    await store.transact((unit) => say(unit, 'next'));
    expect(await follower.until(2)).toEqual(['ours', 'next']);
  });

  it('does not know ids of another log', async () => {
    await store.transact((unit) => say(unit, 'ours'));
    const read = await store.transact((unit) => unit.events.after('900000000000-1', 10));
    expect(read).toEqual({ ok: false, error: { code: 'unknown_event' } });
    expect(read).not.toEqual(ok([]));
  });
});
