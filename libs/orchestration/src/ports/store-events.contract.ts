import { describe, expect, it } from '@jest/globals';
import { err, ok } from '@apollo-deploy/kernel';
import { anEvent } from '../testing/records/trail-records.js';
import type { NewEvent, StoredEvent } from './event-log.js';
import type { Store } from './store.js';

const UNKNOWN = err({ code: 'unknown_event' });

export function describeStoredEvents(store: () => Store): void {
  /** One transaction that writes an event of each type. */
  function happened(...types: readonly string[]): Promise<void> {
    return store().transact((unit) => unit.events.append(types.map((type) => anEvent({ type }))));
  }

  /** Waits for them: a store may withhold events while others on its server are busy. */
  async function eventsAfter(
    id: string | undefined,
    { atLeast }: { readonly atLeast: number },
  ): Promise<readonly StoredEvent[]> {
    for (;;) {
      const read = await store().transact((unit) => unit.events.after(id, 100));
      if (!read.ok) throw new Error(`event ${String(id)} is not known`);
      if (read.value.length >= atLeast) return read.value;
    }
  }

  describe('the event log', () => {
    it('is empty at first', async () => {
      await store().transact(async (unit) => {
        expect(await unit.events.newestId()).toBeUndefined();
        expect(await unit.events.after(undefined, 10)).toEqual(ok([]));
      });
    });

    it('has events in the order in which they were written', async () => {
      await happened('a', 'b');
      await happened('c');
      const all = await eventsAfter(undefined, { atLeast: 3 });
      expect(all.map(({ type }) => type)).toEqual(['a', 'b', 'c']);
      expect(new Set(all.map(({ id }) => id)).size).toBe(3);
      expect(await store().transact((unit) => unit.events.newestId())).toBe(all[2]!.id);
    });

    it('goes on after any event, in pages', async () => {
      await happened('a', 'b', 'c', 'd');
      const ids = (await eventsAfter(undefined, { atLeast: 4 })).map(({ id }) => id);
      const page = await store().transact((unit) => unit.events.after(ids[0], 2));
      expect(page.ok && page.value.map(({ id }) => id)).toEqual(ids.slice(1, 3));
      expect((await eventsAfter(ids[2], { atLeast: 1 })).map(({ id }) => id)).toEqual([ids[3]]);
      expect(await store().transact((unit) => unit.events.after(ids[3], 2))).toEqual(ok([]));
    });

    it('keeps every field', async () => {
      const spoke: NewEvent = anEvent({
        type: 'spoke.connected',
        subject: { kind: 'spoke', name: 'spoke-a', environment: 'dev' },
        data: { list: [1, null], ü: { '': 'x' } },
      });
      await store().transact((unit) => unit.events.append([anEvent(), spoke]));
      const stored = await eventsAfter(undefined, { atLeast: 2 });
      expect(stored.map(({ id: _, ...event }) => event)).toStrictEqual([anEvent(), spoke]);
    });

    it('has nothing of a transaction that was rolled back', async () => {
      await happened('a');
      const work = store().transact(async (unit) => {
        await unit.events.append([anEvent({ type: 'never' })]);
        throw new Error('no');
      });
      await expect(work).rejects.toThrow('no');
      await happened('b');
      const types = (await eventsAfter(undefined, { atLeast: 2 })).map(({ type }) => type);
      expect(types).toEqual(['a', 'b']);
    });

    it.each([
      '0',
      '7',
      '7-7',
      '',
      'x',
      '01',
      '1.5',
      '-1',
      '99999999999999999999999-1',
      '1-99999999999999999999999',
    ])('says that it does not know an event %j', async (id) => {
      expect(await store().transact((unit) => unit.events.after(id, 10))).toEqual(UNKNOWN);
      await happened('a');
      expect(await store().transact((unit) => unit.events.after(id || '0', 10))).toEqual(UNKNOWN);
    });

    it('forgets the oldest up to an instant, and says that it does not know them', async () => {
      const at = [1, 2, 3, 2].map((minute) => `2026-03-02T12:0${String(minute)}:00.000Z`);
      await store().transact((unit) => unit.events.append(at.map((when) => anEvent({ at: when }))));
      const ids = (await eventsAfter(undefined, { atLeast: 4 })).map(({ id }) => id);

      await store().transact((unit) => unit.events.forgetBefore('2026-03-02T12:02:00.001Z'));

      const left = await eventsAfter(undefined, { atLeast: 2 });
      expect(left.map(({ id }) => id)).toEqual(ids.slice(2));
      for (const id of ids.slice(0, 2)) {
        expect(await store().transact((unit) => unit.events.after(id, 10))).toEqual(UNKNOWN);
      }
    });

    it('never forgets the newest, so that whoever has it needs not read everything anew', async () => {
      await happened('a', 'b');
      const ids = (await eventsAfter(undefined, { atLeast: 2 })).map(({ id }) => id);
      for (let turn = 0; turn < 2; turn += 1) {
        await store().transact((unit) => unit.events.forgetBefore('2027-01-01T00:00:00.000Z'));
      }
      expect((await eventsAfter(undefined, { atLeast: 1 })).map(({ id }) => id)).toEqual([ids[1]]);
      expect(await store().transact((unit) => unit.events.after(ids[1], 10))).toEqual(ok([]));
      await happened('c');
      expect((await eventsAfter(ids[1], { atLeast: 1 })).map(({ type }) => type)).toEqual(['c']);
    });
  });
}
