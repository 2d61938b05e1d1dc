import { describe, expect, it } from '@jest/globals';
import type { Webhook } from '@apollo-deploy/domain';
import { aNotification, aWebhook } from '@apollo-deploy/domain/testing';
import type { Store } from './store.js';

const AT = '2026-01-05T09:00:00.000Z';
const OFF = { at: AT, reason: 'ann switched it off' };

export function describeStoredWebhooks(store: () => Store): void {
  const insert = (change: Partial<Webhook> = {}) =>
    store().transact((unit) => unit.webhooks.insert(aWebhook(change)));
  const get = (id: string) => store().transact((unit) => unit.webhooks.get(id));
  const save = (webhook: Webhook) => store().transact((unit) => unit.webhooks.save(webhook));
  const add = (...changes: readonly Parameters<typeof aNotification>[0][]) =>
    store().transact((unit) => unit.notifications.add(changes.map(aNotification)));
  const waiting = () => store().transact((unit) => unit.webhooks.waiting());

  describe('webhooks', () => {
    it.each([
      { name: 'as they were added', webhook: aWebhook() },
      {
        name: 'with every field',
        webhook: aWebhook({
          ...{ events: ['deployment.completed'], environments: ['prod'], products: ['aria', 'b'] },
          ...{ formerSecret: { secret: 'whsec_bbbb', until: AT }, off: OFF },
        }),
      },
    ])('are kept $name', async ({ webhook }) => {
      expect(await insert(webhook)).toEqual({ ok: true, value: webhook });
      expect(await get(webhook.id)).toStrictEqual(webhook);
      expect(await get('other')).toBeUndefined();
    });

    it('may have no secret', async () => {
      const { secret: _, ...unsigned } = aWebhook({ kind: 'slack' });
      await store().transact((unit) => unit.webhooks.insert(unsigned));
      expect(await get('webhook-1')).toStrictEqual(unsigned);
    });

    it('have each a name of its own, which is free once one is removed', async () => {
      await insert();
      expect(await insert({ id: 'w2' })).toEqual({ ok: false, error: { code: 'already_exists' } });
      const remove = () => store().transact((unit) => unit.webhooks.remove('webhook-1'));
      expect([await remove(), await remove()]).toEqual([true, false]);
      expect(await insert({ id: 'w2' })).toMatchObject({ ok: true });
    });

    it('are listed by name, all of them or those that are on', async () => {
      await insert({ id: '1', name: 'c' });
      await insert({ id: '2', name: 'a', off: OFF });
      await insert({ id: '3', name: 'b' });
      const names = (webhooks: readonly Webhook[]) => webhooks.map(({ name }) => name);
      expect(names(await store().transact((unit) => unit.webhooks.all()))).toEqual(['a', 'b', 'c']);
      const on = await store().transact((unit) => unit.webhooks.listening());
      expect(names(on)).toEqual(['b', 'c']);
    });

    it('are written over by who has seen the version that is there, and by nobody else', async () => {
      await insert();
      const moved = aWebhook({ url: 'https://elsewhere.example/' });
      expect(await save(moved)).toEqual({ ok: true, value: { ...moved, version: 2 } });
      expect(await save(moved)).toEqual({ ok: false, error: { code: 'version_conflict' } });
      expect(await save(aWebhook({ id: 'gone' }))).toMatchObject({ ok: false });
      expect(await get('webhook-1')).toStrictEqual({ ...moved, version: 2 });
    });

    it('wait where they are on and have something to be told, since the first is due', async () => {
      for (const id of ['a', 'b', 'idle']) await insert({ id, name: id });
      await insert({ id: 'off', name: 'off', off: OFF });
      const later = '2026-01-05T10:00:00.000Z';
      await add(
        { id: '1', receiver: 'webhook/b', nextAttemptAt: later },
        { id: '2', receiver: 'webhook/b' },
        { id: '3', receiver: 'webhook/a' },
        { id: '4', receiver: 'webhook/off' },
        { id: '5', receiver: 'webhook/gone' },
        { id: '6' },
      );
      const lines = [...(await waiting())].sort((a, b) => (a.receiver < b.receiver ? -1 : 1));
      expect(lines).toEqual([
        { receiver: 'webhook/a', dueAt: AT },
        { receiver: 'webhook/b', dueAt: later },
      ]);
    });
  });
}
