import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aDeployment, aNotification } from '@apollo-deploy/domain/testing';
import type { Context, Store } from '@apollo-deploy/orchestration';
import { anEnvironment, aProduct } from '@apollo-deploy/orchestration/testing';
import { CONTEXT } from '../src/platform/tokens.js';
import { anAccount } from '../src/testing/account.js';
import { says, StandIn } from '../src/testing/stand-in.js';
import { type Answer, TestHub } from '../src/testing/test-hub.js';

const API = '/api/v1/webhooks';
const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/;

let receiver: StandIn;
let hub: TestHub;
let store: Store;
beforeEach(async () => {
  receiver = await StandIn.start();
  hub = await TestHub.start({ publicUrl: 'https://apollo.example' });
  store = hub.app.get<Context>(CONTEXT).store;
  await store.transact(async (unit) => {
    await unit.environments.insert(anEnvironment({ name: 'dev' }));
    await unit.products.insert(aProduct({ name: 'aria' }));
  });
});
afterEach(async () => {
  await hub.stop();
  await receiver.stop();
});

const add = (change: object = {}): Promise<Answer> =>
  hub.post(API, { name: 'pager', kind: 'standard', url: receiver.url, ...change });
const pathOf = ({ body }: Answer): string => `${API}/${String(body['id'])}`;
const fail = () =>
  store.transact((unit) =>
    unit.deployments.insert(
      aDeployment({ status: 'failed', steps: [{ status: 'failed', at: '2026-03-01T12:00:00Z' }] }),
    ),
  );

describe('a webhook by the API', () => {
  it('is added with a secret that is shown this once, and told of what happens from then on', async () => {
    const added = await add({ events: ['deployment.failed'], environments: ['dev'] });
    expect(added).toMatchObject({
      status: 201,
      body: { name: 'pager', kind: 'standard', url: receiver.url, on: true, version: 1 },
    });
    expect(added.body['secret']).toMatch(SECRET);
    expect(added.headers.get('etag')).toBe('"1"');
    const { secret: _, ...shown } = added.body;
    expect((await hub.get(pathOf(added))).body).toEqual(shown);
    expect((await hub.get(API)).body).toEqual({ items: [shown] });

    await fail();
    await receiver.hears(1);
    const [heard] = receiver.heard;
    expect(JSON.parse(heard?.text ?? '')).toMatchObject({
      ...{ type: 'dev.cdeventsx.apollo-deployment.failed.0.1.0', source: 'https://apollo.example' },
    });
    const [notification] = (await hub.get('/api/v1/notifications')).body['items'] as {
      id: string;
    }[];
    expect(heard?.headers['webhook-id']).toBe(notification?.id);
    const filtered = `/api/v1/notifications?receiver=webhook/${String(added.body['id'])}`;
    expect((await hub.get(filtered)).body['items']).toHaveLength(1);
    expect((await hub.get('/api/v1/notifications?receiver=webhook/')).status).toBe(400);
  });

  it('has no secret where it is a chat, whose address is none of anybody’s business', async () => {
    const added = await add({ kind: 'slack', url: `${receiver.url}/services/T0/B0/secret` });
    expect(added.body).toMatchObject({ kind: 'slack', url: `${receiver.url}/…` });
    expect(added.body).not.toHaveProperty('secret');
    const { body } = await hub.get('/api/v1/audit');
    expect(JSON.stringify(body)).not.toContain('B0');
    await fail();
    await receiver.hears(1);
    expect(receiver.heard).toMatchObject([
      { path: '/services/T0/B0/secret', text: expect.stringMatching(/^\{"text":"❌ /) },
    ]);
    const rotated = await hub.post(`${pathOf(added)}/secret`, {});
    expect(rotated).toMatchObject({ status: 400, body: { code: 'catalog/invalid_field' } });
  });

  it.each([
    { name: 'the metadata of a cloud', url: 'https://169.254.169.254/latest', says: 'not public' },
    { name: 'a private network', url: 'https://10.0.0.1/', says: 'not public' },
    { name: 'plain HTTP elsewhere', url: 'http://1.1.1.1/', says: 'use https' },
  ])('is refused where it leads to $name', async ({ url, says: why }) => {
    expect(await add({ url })).toMatchObject({
      status: 400,
      body: {
        code: 'catalog/invalid_field',
        field: 'url',
        detail: expect.stringMatching(why),
      },
    });
    const added = await add();
    const changed = await hub.put(pathOf(added), { url });
    expect(changed).toMatchObject({ status: 400, body: { field: 'url' } });
  });

  it.each([
    { field: 'url', change: { url: 'ftp://pager.example/' } },
    { field: 'url', change: { url: 'https://ann:secret@pager.example/' } },
    { field: 'url', change: { url: 'https://pager.example/#here' } },
    { field: 'kind', change: { kind: 'mail' } },
    { field: 'events', change: { events: [] } },
    { field: 'events', change: { events: ['plan.proposed'] } },
    { field: 'events', change: { events: ['plan.failed', 'plan.failed'] } },
    { field: 'name', change: { name: 'no name' } },
    { field: 'secret', change: { secret: 'mine' } },
  ])('is refused with the field at fault: $field of $change', async ({ field, change }) => {
    const answer = await add(change);
    expect(answer).toMatchObject({ status: 400, body: { field } });
    expect(JSON.stringify(answer.body)).not.toContain('ann:secret');
  });

  it.each([
    { change: { environments: ['moon'] }, code: 'catalog/environment_not_found' },
    { change: { products: ['other'] }, code: 'catalog/product_not_found' },
  ])('is not limited to what there is not: $code', async ({ change, code }) => {
    expect(await add(change)).toMatchObject({ status: 404, body: { code } });
  });

  it('has a name that nobody else has', async () => {
    await add();
    expect(await add()).toMatchObject({
      status: 409,
      body: { code: 'catalog/already_exists', field: 'name' },
    });
  });

  it('changes as a whole, for who has seen it as it is', async () => {
    const added = await add({ events: ['plan.failed'], environments: ['dev'] });
    const path = pathOf(added);
    const put = (body: object, etag: string) =>
      hub.send('PUT', path, { body, headers: { 'if-match': etag } });
    const changed = await put({ products: ['aria'] }, '"1"');
    expect(changed).toMatchObject({
      status: 200,
      body: { url: receiver.url, products: ['aria'], version: 2 },
    });
    expect(changed.body).not.toHaveProperty('events');
    expect(await put({}, '"1"')).toMatchObject({ status: 412 });
    const removed = await hub.send('DELETE', path, { headers: { 'if-match': '"1"' } });
    expect(removed.status).toBe(412);
    expect((await hub.send('DELETE', path)).status).toBe(204);
    expect(await hub.get(path)).toMatchObject({
      status: 404,
      body: { code: 'webhook/not_found' },
    });
  });

  it('signs with two secrets for a while after the first was replaced', async () => {
    const added = await add();
    const rotated = await hub.post(`${pathOf(added)}/secret`, { overlapHours: 1 });
    expect(rotated).toMatchObject({
      status: 200,
      body: { version: 2, formerSecretUntil: '2026-03-01T13:00:00.000Z' },
    });
    expect(rotated.body['secret']).toMatch(SECRET);
    expect(rotated.body['secret']).not.toBe(added.body['secret']);
    await hub.post(`${pathOf(added)}/test`, {});
    const signature = String(receiver.heard[0]?.headers['webhook-signature']);
    expect(signature).toMatch(/^v1,[A-Za-z0-9+/=]{44} v1,[A-Za-z0-9+/=]{44}$/);
    const { body } = await hub.get('/api/v1/audit');
    expect(JSON.stringify(body)).not.toContain('whsec_');
  });

  it('is tried by a message that tells of nothing, and what came back is said', async () => {
    const added = await add();
    const test = () => hub.post(`${pathOf(added)}/test`, {});
    expect(await test()).toMatchObject({ status: 200, body: { delivered: true, status: 200 } });
    expect(JSON.parse(receiver.heard[0]?.text ?? '')).toMatchObject({
      type: 'dev.cdeventsx.apollo-webhook.tested.0.1.0',
    });
    receiver.reply = says(500, 'what its owner alone should read');
    expect((await test()).body).toEqual({
      delivered: false,
      detail: 'the receiver answered 500',
    });
    expect((await hub.get('/api/v1/notifications')).body['items']).toEqual([]);
  });

  it('is told nothing while it is off; what waited is given up, and replayed once it is on', async () => {
    const added = await add();
    const path = pathOf(added);
    const receiverName = `webhook/${String(added.body['id'])}` as const;
    const waits = { id: 'n', receiver: receiverName, nextAttemptAt: '2027-01-01T00:00:00.000Z' };
    await hub.store.transact((unit) => unit.notifications.add([aNotification(waits)]));
    const off = await hub.put(path, { on: false });
    expect(off.body).toMatchObject({ on: false, offReason: 'dev-operator switched it off' });
    expect((await hub.get('/api/v1/notifications/n')).body).toMatchObject({
      ...{ status: 'dead', lastError: 'its webhook is off: dev-operator switched it off' },
    });
    const replay = () => hub.post('/api/v1/notifications/n/replay', {});
    expect(await replay()).toMatchObject({
      status: 409,
      body: { code: 'notification/nobody_listens' },
    });
    await fail();
    await hub.put(path, { on: true });
    expect(await replay()).toMatchObject({ status: 200 });
    await receiver.hears(1);
    expect(receiver.heard.map(({ headers }) => headers['webhook-id'])).toEqual(['n']);
    await hub.send('DELETE', path);
    expect((await replay()).status).toBe(409);
  });

  it('is an admin’s to add, and nobody else’s to see', async () => {
    const context = hub.app.get<Context>(CONTEXT);
    const sre = await anAccount(context, 'sre-1', { roles: ['sre'], grants: [] });
    const headers = { authorization: sre.authorization };
    expect((await hub.get(API, headers)).status).toBe(403);
    const admin = await anAccount(context, 'admin-1', { roles: ['admin'], grants: [] });
    const url = receiver.url;
    const body = { name: 'mine', kind: 'standard', url };
    const added = await hub.post(API, body, { authorization: admin.authorization });
    expect(added.status).toBe(201);
    expect(
      (await hub.get('/api/v1/audit?subject=webhook/' + String(added.body['id']))).body,
    ).toEqual({
      items: [
        expect.objectContaining({
          ...{ actor: 'admin-1', action: 'webhook.add' },
          detail: expect.objectContaining({ name: 'mine', kind: 'standard', url, on: true }),
        }),
      ],
    });
  });
});
