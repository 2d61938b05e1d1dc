import { describe, expect, it } from '@jest/globals';
import { anAuditEntry, anEvent, anOutboxMessage } from '../testing/records/trail-records.js';
import { aNotification } from '@apollo-deploy/domain/testing';
import type { CommitSignal, Store } from './store.js';
import type { UnitOfWork } from './unit-of-work.js';

export function describeCommitSignals(store: () => Store): void {
  describe('a commit', () => {
    const SIGNALS: {
      name: string;
      write: (unit: UnitOfWork) => Promise<void>;
      expected: readonly CommitSignal[];
    }[] = [
      {
        name: 'nothing, for writes that leave nothing to do',
        write: (unit) => unit.audit.append(anAuditEntry()),
        expected: [],
      },
      {
        name: 'that entities were marked',
        write: (unit) => unit.dirty.mark(['a', 'b']),
        expected: [{ dirty: true, outbox: [], events: false }],
      },
      {
        name: 'nothing, for a mark of no entity',
        write: (unit) => unit.dirty.mark([]),
        expected: [],
      },
      {
        name: 'each spoke once that messages were written for',
        write: async (unit) => {
          await unit.outbox.add(anOutboxMessage({ id: 'm1', spoke: 'spoke-b' }));
          await unit.outbox.add(anOutboxMessage({ id: 'm2', spoke: 'spoke-a' }));
          await unit.outbox.add(anOutboxMessage({ id: 'm3', spoke: 'spoke-b' }));
        },
        expected: [{ dirty: false, outbox: ['spoke-b', 'spoke-a'], events: false }],
      },
      {
        name: 'that events were written',
        write: (unit) => unit.events.append([anEvent()]),
        expected: [{ dirty: false, outbox: [], events: true }],
      },
      {
        name: 'that notifications were written',
        write: (unit) => unit.notifications.add([aNotification()]),
        expected: [{ dirty: false, outbox: [], events: false, notifications: true }],
      },
      {
        name: 'nothing, for no notification',
        write: (unit) => unit.notifications.add([]),
        expected: [],
      },
      {
        name: 'nothing, for no event',
        write: (unit) => unit.events.append([]),
        expected: [],
      },
    ];
    it.each(SIGNALS)('tells its listeners $name', async ({ write, expected }) => {
      const heard: CommitSignal[] = [];
      store().onCommit((signal) => heard.push(signal));
      await store().transact(write);
      await store().transact((unit) => unit.products.list({ limit: 1 }));
      expect(heard).toEqual(expected);
    });

    it('tells after its writes can be read, not before', async () => {
      const seen = new Promise<readonly string[]>((resolve, reject) => {
        store().onCommit(() => {
          store()
            .transact((unit) => unit.outbox.pending(['spoke-a']))
            .then((messages) => messages.map(({ id }) => id))
            .then(resolve, reject);
        });
      });
      let told = false;
      store().onCommit(() => {
        told = true;
      });
      await store().transact(async (unit) => {
        await unit.outbox.add(anOutboxMessage({ id: 'm1' }));
        await unit.outbox.pending(['spoke-a']);
        expect(told).toBe(false);
      });
      expect(told).toBe(true);
      expect(await seen).toEqual(['m1']);
    });

    it('tells nobody of what was rolled back, nor who has stopped listening', async () => {
      const heard: string[] = [];
      const stop = store().onCommit(() => heard.push('first'));
      store().onCommit(() => heard.push('second'));
      const work = store().transact(async (unit) => {
        await unit.dirty.mark(['a']);
        throw new Error('no');
      });
      await expect(work).rejects.toThrow('no');
      expect(heard).toEqual([]);
      stop();
      await store().transact((unit) => unit.dirty.mark(['a']));
      expect(heard).toEqual(['second']);
    });
  });
}
