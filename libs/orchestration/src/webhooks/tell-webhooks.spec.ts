import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Notification, Webhook } from '@apollo-deploy/domain';
import { aDeployment, aWebhook } from '@apollo-deploy/domain/testing';
import { AnnouncingStore } from '../events/announcing-store.js';
import { VirtualClock } from '../ports/clock.js';
import type { NewEvent } from '../ports/event-log.js';
import { CountingIds } from '../ports/ids.js';
import { InMemoryStore } from '../ports/in-memory/in-memory-store.js';
import type { Store } from '../ports/store.js';
import type { AuditEntry } from '../ports/records.js';
import { anEntity } from '../testing.js';
import { tellWebhooks } from './tell-webhooks.js';

const AT = '2026-01-05T09:00:00.000Z';
const PUBLIC_URL = 'https://apollo.example';

let store: Store;
beforeEach(() => {
  store = telling(PUBLIC_URL);
});

function telling(publicUrl?: string): Store {
  const clock = new VirtualClock(new Date(AT));
  const hear = tellWebhooks({
    ...{ clock, ids: new CountingIds() },
    ...(publicUrl !== undefined && { publicUrl }),
  });
  return new AnnouncingStore(new InMemoryStore(), clock, hear);
}
async function listen(...changes: readonly Partial<Webhook>[]): Promise<void> {
  await store.transact(async (unit) => {
    for (const change of changes) await unit.webhooks.insert(aWebhook(change));
  });
}
async function written(): Promise<readonly Notification[]> {
  const { items } = await store.transact((unit) => unit.notifications.list({}, { limit: 100 }));
  return [...items].sort((a, b) => a.sequence - b.sequence);
}
const deploy = (change: Parameters<typeof aDeployment>[0] = {}) =>
  store.transact((unit) =>
    unit.deployments.insert(aDeployment({ steps: [{ status: 'deploying', at: AT }], ...change })),
  );
const audit = (entry: Pick<AuditEntry, 'action' | 'subject' | 'detail'>) =>
  store.transact((unit) =>
    unit.audit.append({ ...entry, id: 'entry-1', at: AT, actor: 'ann', actorKind: 'person' }),
  );

describe('what webhooks are to be told', () => {
  it('is written in the transaction of what happened, for each that wants to hear it', async () => {
    await listen(
      { id: 'all', name: 'a' },
      { id: 'chat', name: 'b', kind: 'slack', environments: ['dev'] },
      { id: 'prod', name: 'c', environments: ['prod'] },
      { id: 'off', name: 'd', off: { at: AT, reason: 'gone' } },
    );
    const inserted = await deploy();
    if (!inserted.ok) throw new Error('it is there already');
    const { id } = inserted.value;
    const link = `${PUBLIC_URL}/api/v1/deployments/${id}`;
    expect(await written()).toMatchObject([
      {
        ...{ receiver: 'webhook/all', deployment: id, environment: 'dev', attempts: 0 },
        body: {
          ...{ id: 'id-1', type: 'dev.cdeventsx.apollo-deployment.deploying.0.1.0' },
          ...{ source: PUBLIC_URL, data: { customData: { link } } },
        },
      },
      {
        receiver: 'webhook/chat',
        body: { text: expect.stringContaining(`<${link}|deployment ${id}>`) },
      },
    ]);
  });

  it('is nothing of what did not happen', async () => {
    await listen({});
    const failing = store.transact(async (unit) => {
      await unit.deployments.insert(aDeployment({ steps: [{ status: 'deploying', at: AT }] }));
      throw new Error('it did not happen');
    });
    await expect(failing).rejects.toThrow('it did not happen');
    expect(await written()).toEqual([]);
  });

  it('is not asked for where nothing happened that anybody could be told of', async () => {
    const refuse = () => Promise.reject(new Error('asked'));
    const hear = tellWebhooks({ clock: new VirtualClock(new Date(AT)), ids: new CountingIds() });
    const subject = { kind: 'deployment', name: 'd', environment: 'dev' } as const;
    const quiet: NewEvent = { at: AT, type: 'deployment.pending', subject, data: {} };
    await store.transact(async (unit) => {
      const webhooks = Object.assign(Object.create(unit.webhooks) as typeof unit.webhooks, {
        listening: refuse,
      });
      await hear({ ...unit, webhooks }, [quiet]);
      const loud = { ...quiet, type: 'deployment.failed' };
      await expect(hear({ ...unit, webhooks }, [loud])).rejects.toThrow('asked');
    });
  });

  it.each([
    { name: 'failed', state: 'FAILED', expected: ['dev.cdeventsx.apollo-plan.failed.0.1.0'] },
    { name: 'succeeded', state: 'SUCCEEDED', expected: [] },
  ])('of a plan that ended is told where it failed: $name', async ({ state, expected }) => {
    await listen({});
    const hear = tellWebhooks({ clock: new VirtualClock(new Date(AT)), ids: new CountingIds() });
    const subject = { kind: 'plan', name: 'p', environment: 'dev', product: 'aria' } as const;
    await store.transact((unit) =>
      hear(unit, [{ at: AT, type: 'plan.ended', subject, data: { state } }]),
    );
    expect((await written()).map(({ body }) => body['type'])).toEqual(expected);
  });

  it('tells of holds, by the record of them', async () => {
    await listen({});
    const entity = anEntity({ name: 'aria-dev', environment: 'dev', product: 'aria' });
    await store.transact((unit) => unit.entities.insert(entity));
    const detail = { hold: 'h', reason: 'it burns', until: AT };
    await audit({ action: 'hold.add', subject: 'entity/aria-dev', detail });
    expect(await written()).toMatchObject([
      {
        environment: 'dev',
        body: {
          type: 'dev.cdeventsx.apollo-hold.placed.0.1.0',
          data: {
            customData: {
              ...{ entity: 'aria-dev', product: 'aria' },
              facts: { until: AT, reason: 'it burns', by: 'ann' },
            },
          },
        },
      },
    ]);
    expect((await written())[0]).not.toHaveProperty('deployment');
  });

  it('tells of break-glass, also where nobody said under which address the hub is reached', async () => {
    store = telling();
    await listen({ products: ['aria'] });
    const detail = { service: 'aria', environment: 'prod', waives: ['window'], reason: 'it burns' };
    await audit({ action: 'break_glass.open', subject: 'break-glass/g', detail });
    expect(await written()).toMatchObject([
      {
        body: {
          ...{ source: 'urn:apollo:hub', type: 'dev.cdeventsx.apollo-breakglass.opened.0.1.0' },
          data: { customData: { link: '/api/v1/break-glass/g' } },
        },
      },
    ]);
  });
});
