import { describe, expect, it } from '@jest/globals';
import { err, InvariantViolation, ok } from '@apollo-deploy/kernel';
import {
  anAuditEntry,
  anIdempotencyRecord,
  anOutboxMessage,
} from '../testing/records/trail-records.js';
import type { AuditEntry } from './records.js';
import { pagesOfTwo } from './pages-of-two.contract.js';
import type { Store } from './store.js';
import type { AuditFilter } from './unit-of-work.js';

export function describeStoredQueues(store: () => Store): void {
  describeDirtyQueue(store);
  describeOutbox(store);
  describeTrails(store);
}

function describeDirtyQueue(store: () => Store): void {
  const mark = (entities: readonly string[], force?: boolean) =>
    store().transact((unit) => unit.dirty.mark(entities, force));
  const take = (limit: number) => store().transact((unit) => unit.dirty.take(limit));
  const calm = (...entities: readonly string[]) =>
    entities.map((entity) => ({ entity, force: false }));

  describe('the queue of marked entities', () => {
    it('gives each entity once, however often it was marked', async () => {
      await mark(['a', 'b', 'a']);
      await mark(['a']);
      expect(await take(10)).toEqual(calm('a', 'b'));
      expect(await take(10)).toEqual([]);
    });

    it('gives no more than asked for, the longest waiting first, none twice', async () => {
      await mark(['c', 'a']);
      await mark(['a', 'b', 'c']);
      expect(await take(1)).toEqual(calm('c'));
      expect(await take(1)).toEqual(calm('a'));
      expect(await take(5)).toEqual(calm('b'));
      expect(await take(5)).toEqual([]);
    });

    it('gives an entity again that was marked after it was taken', async () => {
      await mark(['a']);
      await take(10);
      await mark(['a']);
      expect(await take(10)).toEqual(calm('a'));
    });

    it.each([
      { name: 'the first', marks: [true, false] },
      { name: 'the last', marks: [false, true] },
      { name: 'one in the middle', marks: [false, true, false] },
    ])('keeps the force of any of several marks: $name', async ({ marks }) => {
      for (const force of marks) await mark(['a'], force);
      await mark(['b'], false);
      expect(await take(10)).toEqual([{ entity: 'a', force: true }, ...calm('b')]);
    });

    it('gets back what a transaction took that then failed', async () => {
      await mark(['a', 'b'], true);
      const work = store().transact(async (unit) => {
        expect(await unit.dirty.take(10)).toHaveLength(2);
        throw new Error('the evaluation failed');
      });
      await expect(work).rejects.toThrow('the evaluation failed');
      expect(await take(10)).toEqual([
        { entity: 'a', force: true },
        { entity: 'b', force: true },
      ]);
    });

    it('gives nobody what a transaction marked that then failed', async () => {
      const work = store().transact(async (unit) => {
        await unit.dirty.mark(['a']);
        throw new Error('no');
      });
      await expect(work).rejects.toThrow('no');
      expect(await take(10)).toEqual([]);
    });

    it('gives two who take at once different entities, and all of them', async () => {
      const entities = Array.from({ length: 40 }, (_, index) => `entity-${index + 10}`);
      await mark(entities);
      await mark(entities);
      const taken = (await Promise.all([take(30), take(30), take(30)])).flat();
      const rest = await take(100);
      expect([...taken, ...rest].map(({ entity }) => entity).sort()).toEqual(entities);
    });
  });
}

function describeOutbox(store: () => Store): void {
  describe('the outbox', () => {
    it('keeps every field, in the order of writing', async () => {
      const messages = [
        anOutboxMessage({ id: 'c', payload: { nested: [{ a: null }] } }),
        anOutboxMessage({ id: 'a', type: 'plan.cancel', planId: 'plan-2' }),
        anOutboxMessage({ id: 'b', spoke: 'spoke-b' }),
        anOutboxMessage({ id: 'd', spoke: 'spoke-c' }),
      ];
      for (const message of messages) await store().transact((unit) => unit.outbox.add(message));
      const pending = (...spokes: readonly string[]) =>
        store().transact((unit) => unit.outbox.pending(spokes));
      expect(await pending('spoke-a')).toEqual(messages.slice(0, 2));
      expect(await pending('spoke-b', 'spoke-a')).toEqual(messages.slice(0, 3));
      expect(await pending('unknown')).toEqual([]);
      expect(await pending()).toEqual([]);
    });

    it('leaves out what whoever asks has already, and keeps it all the same', async () => {
      const read = await store().transact(async (unit) => {
        for (const id of ['m1', 'm2', 'm3']) await unit.outbox.add(anOutboxMessage({ id }));
        await unit.outbox.add(anOutboxMessage({ id: 'n1', spoke: 'spoke-b' }));
        const spokes = ['spoke-a', 'spoke-b'];
        return [
          await unit.outbox.pending(spokes, ['m2', 'n1', 'unknown']),
          await unit.outbox.pending(spokes, ['m1', 'm2', 'm3', 'n1']),
          await unit.outbox.pending(spokes, []),
        ];
      });
      expect(read.map((messages) => messages.map(({ id }) => id))).toEqual([
        ['m1', 'm3'],
        [],
        ['m1', 'm2', 'm3', 'n1'],
      ]);
    });

    it('keeps a message until the spoke it is for acknowledges it', async () => {
      const left = await store().transact(async (unit) => {
        await unit.outbox.add(anOutboxMessage({ id: 'm1' }));
        await unit.outbox.add(anOutboxMessage({ id: 'm2' }));
        await unit.outbox.acknowledge('spoke-b', 'm2');
        await unit.outbox.acknowledge('spoke-a', 'm1');
        await unit.outbox.acknowledge('spoke-a', 'm1');
        await unit.outbox.acknowledge('spoke-a', 'unknown');
        return unit.outbox.pending(['spoke-a']);
      });
      expect(left.map(({ id }) => id)).toEqual(['m2']);
    });

    it('drops every message of a plan that has ended, and no other', async () => {
      const left = await store().transact(async (unit) => {
        await unit.outbox.add(anOutboxMessage({ id: 'm1', planId: 'plan-1' }));
        await unit.outbox.add(anOutboxMessage({ id: 'm2', planId: 'plan-2' }));
        await unit.outbox.add(
          anOutboxMessage({ id: 'm3', planId: 'plan-1', type: 'plan.cancel', spoke: 'spoke-b' }),
        );
        await unit.outbox.removeOfPlan('plan-1');
        return unit.outbox.pending(['spoke-a', 'spoke-b']);
      });
      expect(left.map(({ id }) => id)).toEqual(['m2']);
    });

    it('takes a message id that is used twice for a bug', async () => {
      const twice = store().transact(async (unit) => {
        await unit.outbox.add(anOutboxMessage());
        await unit.outbox.add(anOutboxMessage());
      });
      await expect(twice).rejects.toThrow(InvariantViolation);
    });
  });
}

function describeTrails(store: () => Store): void {
  describe('the audit trail', () => {
    const entries: readonly AuditEntry[] = [
      anAuditEntry({ id: 'z', at: minute(1), actor: 'sre-1', subject: 'plan/1', requestId: 'r' }),
      anAuditEntry({ id: 'y', at: minute(2), actor: 'engine', actorKind: 'engine' }),
      anAuditEntry({ id: 'm', at: minute(2), actor: 'sre-1', detail: { from: null, to: [1] } }),
      anAuditEntry({ id: 'x', at: minute(2), actor: 'spoke-a', actorKind: 'spoke' }),
      anAuditEntry({ id: 'b', at: minute(3), actor: 'sre-1', subject: 'plan/1' }),
    ];
    const LISTS: { name: string; filter: AuditFilter; expected: readonly (readonly string[])[] }[] =
      [
        { name: 'all', filter: {}, expected: [['z', 'y'], ['m', 'x'], ['b']] },
        { name: 'an actor', filter: { actor: 'sre-1' }, expected: [['z', 'm'], ['b']] },
        { name: 'a subject', filter: { subject: 'plan/1' }, expected: [['z', 'b']] },
        { name: 'an instant on', filter: { from: minute(3) }, expected: [['b']] },
        {
          name: 'just before an instant on',
          filter: { from: '2026-03-02T12:01:59.999Z' },
          expected: [
            ['y', 'm'],
            ['x', 'b'],
          ],
        },
        {
          name: 'everything together',
          filter: { actor: 'sre-1', subject: 'plan/1', from: minute(2) },
          expected: [['b']],
        },
        { name: 'nobody', filter: { actor: 'nobody' }, expected: [[]] },
      ];
    it.each(LISTS)('lists oldest first in pages: $name', async ({ filter, expected }) => {
      const pages = await store().transact(async (unit) => {
        for (const entry of entries) await unit.audit.append(entry);
        return pagesOfTwo((page) => unit.audit.list(filter, page));
      });
      expect(pages.map((page) => page.map(({ id }) => id))).toEqual(expected);
    });

    it('knows which entries there are', async () => {
      const known = await store().transact(async (unit) => {
        for (const entry of entries) await unit.audit.append(entry);
        return [await unit.audit.has(entries[0]!.id), await unit.audit.has('unknown')];
      });
      expect(known).toEqual([true, false]);
    });

    it('keeps every field', async () => {
      const page = await store().transact(async (unit) => {
        for (const entry of entries) await unit.audit.append(entry);
        return unit.audit.list({}, { limit: 10 });
      });
      expect(page).toStrictEqual({ items: entries });
    });

    it('takes an entry that is written twice for a bug', async () => {
      const twice = store().transact(async (unit) => {
        await unit.audit.append(anAuditEntry());
        await unit.audit.append(anAuditEntry({ at: minute(5) }));
      });
      await expect(twice).rejects.toThrow(InvariantViolation);
    });
  });

  describe('answers under an idempotency key', () => {
    it.each([
      { name: 'an object', body: { items: [1, { a: null }] } },
      { name: 'nothing', body: null },
      { name: 'a text', body: 'text' },
      { name: 'a list', body: [] },
    ])('are kept as they were given: $name', async ({ body }) => {
      const record = anIdempotencyRecord({ body });
      await store().transact(async (unit) => {
        expect(await unit.idempotency.insert(record)).toEqual(ok(record));
        expect(await unit.idempotency.get('dev-operator', 'key-1')).toStrictEqual(record);
        expect(await unit.idempotency.get('dev-operator', 'key-2')).toBeUndefined();
        expect(await unit.idempotency.get('sre-1', 'key-1')).toBeUndefined();
      });
    });

    it.each([
      {
        name: 'two',
        headers: { Location: '/api/v1/deployments/1', 'Preference-Applied': 'wait=0' },
      },
      { name: 'none', headers: {} },
    ])('are kept with their headers: $name', async ({ headers }) => {
      const record = anIdempotencyRecord({ headers });
      await store().transact((unit) => unit.idempotency.insert(record));
      const kept = await store().transact((unit) => unit.idempotency.get('dev-operator', 'key-1'));
      expect(kept).toStrictEqual(record);
    });

    it('are one for each principal and key, whoever races', async () => {
      const inserts = await Promise.all(
        [201, 202].map((status) =>
          store().transact((unit) => unit.idempotency.insert(anIdempotencyRecord({ status }))),
        ),
      );
      expect(inserts.filter((insert) => insert.ok)).toHaveLength(1);
      expect(inserts).toContainEqual(err({ code: 'already_exists' }));
      const other = anIdempotencyRecord({ principal: 'sre-1' });
      expect(await store().transact((unit) => unit.idempotency.insert(other))).toEqual(ok(other));
    });

    it('take the place of what was kept while they were worked out, and of no other', async () => {
      const early = anIdempotencyRecord({ status: 409, body: { deployment: 'deploy-1' } });
      const final = anIdempotencyRecord({
        ...{ status: 200, body: { done: true } },
        headers: { Location: '/api/v1/deployments/deploy-1' },
      });
      const other = anIdempotencyRecord({ principal: 'sre-1', status: 201 });
      await store().transact(async (unit) => {
        for (const record of [early, other]) await unit.idempotency.insert(record);
        await unit.idempotency.put(final);
        await unit.idempotency.put(anIdempotencyRecord({ key: 'key-2' }));
      });
      await store().transact(async (unit) => {
        expect(await unit.idempotency.get('dev-operator', 'key-1')).toEqual(final);
        expect(await unit.idempotency.get('sre-1', 'key-1')).toEqual(other);
        expect(await unit.idempotency.get('dev-operator', 'key-2')).toBeDefined();
      });
    });

    it('are forgotten if they were given before an instant, and no others', async () => {
      const records = [
        { key: 'a millisecond before', createdAt: '2026-03-02T12:00:59.999Z' },
        { key: 'at it', createdAt: minute(1) },
        { key: 'after it', createdAt: minute(2) },
      ].map(anIdempotencyRecord);
      await store().transact(async (unit) => {
        for (const record of records) await unit.idempotency.insert(record);
        await unit.idempotency.forgetBefore(minute(1));
      });
      const left = await store().transact((unit) =>
        Promise.all(records.map(({ principal, key }) => unit.idempotency.get(principal, key))),
      );
      expect(left.map((record) => record?.key)).toEqual([undefined, 'at it', 'after it']);
      const again = anIdempotencyRecord({ key: 'a millisecond before', status: 202 });
      expect(await store().transact((unit) => unit.idempotency.insert(again))).toEqual(ok(again));
    });
  });
}

function minute(number: number): string {
  return `2026-03-02T12:0${number}:00.000Z`;
}
