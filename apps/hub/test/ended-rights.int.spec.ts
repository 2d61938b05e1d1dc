import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Context, InMemoryStore } from '@apollo-deploy/orchestration';
import { anEntity, anEnvironment, aSpoke } from '@apollo-deploy/orchestration/testing';
import { UlidIds } from '../src/platform/ulid-ids.js';
import { anAccount } from '../src/testing/account.js';
import { TestHub } from '../src/testing/test-hub.js';
import { EventReader } from './support/event-reader.js';

const API = '/api/v1';

describe('somebody who follows events and sees one environment', () => {
  const store = new InMemoryStore();
  let here: TestHub;
  let elsewhere: TestHub;
  let ann: { readonly authorization: string };
  let admin: { readonly authorization: string };

  beforeAll(async () => {
    here = await TestHub.start({}, { store });
    elsewhere = await TestHub.start({}, { store });
    const { clock } = here;
    const context: Context = { store, clock, ids: new UlidIds(), startedAt: clock.now() };
    await store.transact(async (unit) => {
      for (const name of ['dev', 'moon']) {
        await unit.environments.insert(anEnvironment({ name }));
        const spoke = `spoke-${name}`;
        await unit.spokes.insert(aSpoke({ name: spoke, environment: name }));
        await unit.entities.insert(anEntity({ name: `e-${name}`, spoke, environment: name }));
      }
    });
    ann = await anAccount(context, 'ann', {
      grants: [{ environment: 'dev', roles: ['operator'] }],
    });
    admin = await anAccount(context, 'admin', { roles: ['admin'] });
  });
  afterAll(async () => {
    await elsewhere.app.close();
    await here.stop();
  });

  const revoke = (spoke: string) =>
    elsewhere.post(`${API}/spokes/${spoke}/revoke`, { reason: 'lost' }, admin);

  it('is told of that one, and of nothing once the token is revoked at another replica', async () => {
    const reader = await EventReader.open(here.url, '', '', ann);
    await reader.positioned();
    await revoke('spoke-moon');
    await revoke('spoke-dev');
    const [told] = await reader.first(1);
    expect(told?.data.subject).toMatchObject({ name: 'spoke-dev' });

    const { body } = await elsewhere.get(`${API}/tokens`, ann);
    const [token] = body['items'] as readonly { readonly id: string }[];
    const path = `${API}/tokens/${token?.id ?? ''}`;
    expect((await elsewhere.send('DELETE', path, { headers: ann })).status).toBe(204);
    await reader.ended;

    expect(reader.events.map(({ data }) => data.subject.name)).toEqual(['spoke-dev']);
    const again = await EventReader.open(here.url, reader.lastId, '', ann);
    expect(again.response.status).toBe(401);
    await again.close();
  });
});
