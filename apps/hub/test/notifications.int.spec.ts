import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Notification } from '@apollo-deploy/domain';
import { aDeployment, aNotification } from '@apollo-deploy/domain/testing';
import type { Context } from '@apollo-deploy/orchestration';
import { CONTEXT } from '../src/platform/tokens.js';
import { StandIn } from '../src/testing/stand-in.js';
import { TestHub } from '../src/testing/test-hub.js';

const API = '/api/v1/notifications';
const AT = '2026-01-05T09:00:00.000Z';

let hermes: StandIn;
let hub: TestHub;
beforeEach(async () => {
  hermes = await StandIn.start();
  hub = await TestHub.start({ integrations: { told: { hermes: hermes.url } } });
});
afterEach(async () => {
  await hub.stop();
  await hermes.stop();
});

function ended(id: string, change: Partial<Notification>): Omit<Notification, 'sequence'> {
  const { nextAttemptAt: _, ...rest } = aNotification({ id, ...change });
  return rest;
}
const add = (...notifications: readonly Omit<Notification, 'sequence'>[]) =>
  hub.store.transact((unit) => unit.notifications.add(notifications));

describe('a hub that HERMES is named to', () => {
  it('tells it what becomes of deployments, and writes nothing for who is not there', async () => {
    const { store } = hub.app.get<Context>(CONTEXT);
    const steps = [{ status: 'pending', at: AT } as const];
    await store.transact((unit) => unit.deployments.insert(aDeployment({ steps })));
    const done = aDeployment({
      status: 'completed',
      steps: [...steps, { status: 'completed', at: AT }],
    });
    await store.transact((unit) => unit.deployments.save(done));
    await hermes.hears(1);
    expect(hermes.heard.map(({ text }) => text)).toEqual([
      '{"message":"✅ Deployed aria to dev","level":"success","source":"APOLLO"}',
    ]);
    expect((await hub.get(API)).body['items']).toMatchObject([
      { receiver: 'hermes', deployment: done.id, environment: 'dev' },
    ]);
  });
});

describe('notifications by the API', () => {
  it('are shown with what went wrong, where they were given up', async () => {
    const lcis = { receiver: 'lcis', nextAttemptAt: '2027-01-01T00:00:00.000Z' } as const;
    await add(
      ended('dead', { deadAt: AT, attempts: 4, lastError: 'HERMES answered 422: what?' }),
      ended('delivered', { deliveredAt: AT, attempts: 1 }),
      aNotification({ ...lcis, id: 'waiting' }),
    );
    const { body } = await hub.get(`${API}?status=dead`);
    expect(body).toEqual({
      items: [
        {
          ...{ id: 'dead', receiver: 'hermes', status: 'dead', sequence: 1 },
          ...{ deployment: 'deploy-1', environment: 'prod', createdAt: AT, attempts: 4 },
          body: { message: 'Deployed aria to prod', level: 'success', source: 'APOLLO' },
          ...{ deadAt: AT, lastError: 'HERMES answered 422: what?' },
        },
      ],
    });
    const all = (await hub.get(API)).body['items'] as Notification[];
    expect(all.map(({ id }) => id)).toEqual(['dead', 'delivered', 'waiting']);
    const told = (await hub.get(`${API}?receiver=lcis&status=waiting`)).body['items'];
    expect(told).toMatchObject([{ id: 'waiting', status: 'waiting' }]);
    expect((await hub.get(`${API}/delivered`)).body).toMatchObject({ deliveredAt: AT });
    expect((await hub.get(`${API}/other`)).body).toMatchObject({ code: 'notification/not_found' });
  });

  it('are told once more, at once, where somebody asks for it', async () => {
    await add(ended('dead', { deadAt: AT, attempts: 4, lastError: 'no' }));
    const answer = await hub.post(`${API}/dead/replay`, {});
    expect(answer).toMatchObject({ status: 200, body: { status: 'waiting', attempts: 0 } });
    await hermes.hears(1);
    expect(hermes.heard).toMatchObject([
      {
        path: '/notify',
        text: '{"message":"Deployed aria to prod","level":"success","source":"APOLLO"}',
      },
    ]);
    const { body } = await hub.get('/api/v1/audit?subject=notification/dead');
    expect(body['items']).toMatchObject([
      { actor: 'dev-operator', action: 'notification.replay', detail: { was: 'dead' } },
    ]);
  });

  it.each([
    { name: 'one that waits anyway', id: 'waiting', status: 409, code: 'notification/waiting' },
    { name: 'one that there is not', id: 'other', status: 404, code: 'notification/not_found' },
    {
      name: 'one whose receiver no setting names',
      ...{ id: 'silent', status: 409, code: 'notification/nobody_listens' },
    },
  ])('are not told once more: $name', async ({ id, status, code }) => {
    await add(
      aNotification({ id: 'waiting', nextAttemptAt: '2027-01-01T00:00:00.000Z' }),
      ended('silent', { receiver: 'event_bus', deliveredAt: AT }),
    );
    const answer = await hub.post(`${API}/${id}/replay`, {});
    expect(answer).toMatchObject({ status, body: { code } });
    if (id === 'silent') {
      expect(answer.body['data']).toEqual({ receiver: 'event_bus', setting: 'EVENT_BUS_URL' });
    }
  });

  it.each(['status=lost', 'receiver=nobody', 'environment=', 'page=1'])(
    'refuse to be listed by %p',
    async (query) => {
      expect((await hub.get(`${API}?${query}`)).status).toBe(400);
    },
  );
});
