import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UlidIds } from '../src/platform/ulid-ids.js';
import { anAccount } from '../src/testing/account.js';
import type { Answer } from '../src/testing/test-hub.js';
import { ProductionScene } from './support/production-scene.js';

// The clock of the hub stands on Sunday, 1 March 2026, at noon.
const API = '/api/v1';
const RULE = { name: 'production', tier: 'production', requiredRoles: ['sre'] };

type Account = Readonly<Record<string, string>>;

describe('approvals', () => {
  let scene: ProductionScene;
  let ann: Account;
  let bob: Account;
  let admin: Account;
  beforeEach(async () => {
    scene = await ProductionScene.start();
    const { store, clock } = scene.hub;
    const context = { store, clock, ids: new UlidIds(), startedAt: clock.now() };
    ann = await anAccount(context, 'ann', { roles: ['sre', 'product-owner'] });
    bob = await anAccount(context, 'bob', { roles: ['developer'] });
    admin = await anAccount(context, 'admin', { roles: ['admin'] });
  });
  afterEach(() => scene.stop());

  const post = (path: string, body: unknown, by?: Account): Promise<Answer> =>
    scene.hub.post(`${API}/${path}`, body, by);
  const get = async (path: string) => (await scene.hub.get(`${API}/${path}`)).body;

  /** Somebody wants aria 1.1.0 in production; answers the plan that waits. */
  async function wanted(by?: Account): Promise<{ id: string; digest: string }> {
    const entity = { spoke: 'prod', product: 'aria', desired: { version: '1.1.0' } };
    expect(await scene.hub.put(`${API}/entities/aria-prod`, entity, by)).toMatchObject({
      status: 200,
    });
    return judged();
  }

  async function judged(): Promise<{ id: string; digest: string }> {
    await post('evaluations', { entity: 'aria-prod' });
    const { items } = await get('plans?entity=aria-prod&limit=1');
    const [plan] = items as readonly { id: string; digest: string }[];
    if (plan === undefined) throw new Error('no plan');
    return plan;
  }

  it('are asked for by the plan, which names who can give them, and let it go', async () => {
    const { id, digest } = await wanted();
    expect(await get(`plans/${id}`)).toMatchObject({
      state: 'BLOCKED',
      approval: {
        required: true,
        satisfied: false,
        gates: [
          {
            ...{ rule: 'production', level: 1, requiredApprovers: 1, requiredRoles: ['sre'] },
            ...{ open: true, satisfied: false, missing: ['sre'], satisfiable: true },
          },
        ],
        approvals: [],
      },
    });
    expect(await get(`plans/${id}/explain`)).toMatchObject({
      unmet: [
        {
          code: 'approval',
          cure: `let ann or sre-1 look at it and approve its digest (POST /api/v1/plans/${id}/approve), or reject it (POST /api/v1/plans/${id}/reject)`,
        },
      ],
    });

    const approved = await post(`plans/${id}/approve`, { digest, comment: 'looks good' }, ann);
    expect(approved).toMatchObject({
      status: 200,
      body: {
        id,
        approval: {
          satisfied: true,
          gates: [{ satisfied: true, missing: [] }],
          approvals: [
            {
              ...{ by: 'ann', roles: ['sre', 'product-owner'], digest, comment: 'looks good' },
              at: '2026-03-01T12:00:00.000Z',
            },
          ],
        },
        lapses: [],
      },
    });
    await post('evaluations', { entity: 'aria-prod' });
    expect(await scene.offered()).toBe(id);
    expect(await get(`plans/${id}`)).toMatchObject({
      state: 'EXECUTING',
      approval: { required: true, satisfied: true, gates: [], approvals: [{ by: 'ann', digest }] },
    });
  });

  it('are of one content: another digest records nothing and says what would run', async () => {
    const { id, digest } = await wanted();
    expect(await post(`plans/${id}/approve`, { digest: 'f'.repeat(64) }, ann)).toMatchObject({
      status: 409,
      body: { code: 'approval/digest_mismatch', field: 'digest', data: { digest } },
    });
    expect(await get(`plans/${id}`)).toMatchObject({ approval: { approvals: [] } });
    expect(await post(`plans/${id}/approve`, { digest: 'yes' }, ann)).toMatchObject({
      status: 400,
      body: { field: 'digest' },
    });
  });

  it('are given by people whom a gate asks, and never by a GET', async () => {
    const { id, digest } = await wanted();
    const path = `plans/${id}/approve`;
    expect(await post(path, { digest })).toMatchObject({
      status: 403,
      body: { code: 'http/not_allowed', data: { permission: 'approve' } },
    });
    expect(await post(path, { digest }, bob)).toMatchObject({
      status: 403,
      body: { code: 'approval/not_eligible', data: { roles: ['sre'] } },
    });
    expect(await scene.hub.get(`${API}/${path}?digest=${digest}`, ann)).toMatchObject({
      status: 405,
    });
    expect(await get(`plans/${id}`)).toMatchObject({ approval: { approvals: [] } });
  });

  it('are not given by whoever wanted the change, after somebody wants the same once more', async () => {
    const { digest } = await wanted(ann);
    const again = await wanted();
    expect(again.digest).toBe(digest);
    expect(await post(`plans/${again.id}/approve`, { digest }, ann)).toMatchObject({
      status: 403,
      body: { code: 'approval/author', detail: expect.stringContaining('ann last edited') },
    });
    expect(await get('entities/aria-prod')).toMatchObject({ editedBy: 'ann' });
  });

  it('are not given by whoever wanted the change', async () => {
    const { id, digest } = await wanted(ann);
    expect(await post(`plans/${id}/approve`, { digest }, ann)).toMatchObject({
      status: 403,
      body: { code: 'approval/author', detail: expect.stringContaining('ann') },
    });
  });

  /** An hour is left until changes are allowed again. */
  const frozen = () =>
    post('suppressions', {
      ...{ start: '2026-03-01T11:00:00Z', end: '2026-03-01T13:00:00Z' },
      reason: 'the fair',
    });

  it('can be taken back until the plan goes', async () => {
    await frozen();
    const { id, digest } = await wanted();
    expect(await post(`plans/${id}/withdraw`, {}, ann)).toMatchObject({
      status: 409,
      body: { code: 'approval/not_given' },
    });
    await post(`plans/${id}/approve`, { digest }, ann);
    expect(await post(`plans/${id}/withdraw`, {}, ann)).toMatchObject({
      status: 200,
      body: { approval: { satisfied: false, approvals: [] } },
    });
    expect(await judged()).toMatchObject({ id, state: 'BLOCKED' });
  });

  it('can be refused, with a reason, and the content is not proposed again', async () => {
    const { id } = await wanted();
    expect(await post(`plans/${id}/reject`, {}, ann)).toMatchObject({
      status: 400,
      body: { field: 'reason' },
    });
    expect(await post(`plans/${id}/reject`, { reason: 'not on a Sunday' }, ann)).toMatchObject({
      status: 200,
      body: {
        ...{ id, state: 'CANCELLED', cancelReason: 'rejected' },
        message: expect.stringContaining('not on a Sunday'),
      },
    });
    expect(await judged()).toMatchObject({ id, state: 'CANCELLED' });
  });

  it('say at once when they will have lapsed before the window opens', async () => {
    const change = { tier: 'production', requiredRoles: ['sre'], ttlHours: 4 };
    await scene.hub.put(`${API}/approval-rules/production`, change, admin);
    const nights = { name: 'nights', cron: '0 2 * * 6', durationHours: 2, timezone: 'UTC' };
    expect(await post('schedules', { ...nights, environments: ['prod'] })).toMatchObject({
      status: 201,
    });
    const { id, digest } = await wanted();
    const approved = await post(`plans/${id}/approve`, { digest }, ann);
    expect(approved.body['lapses']).toEqual([
      {
        expiresAt: '2026-03-01T16:00:00.000Z',
        opensAt: '2026-03-07T02:00:00.000Z',
        message:
          'the approval of ann lapses at 2026-03-01T16:00:00.000Z, and the plan cannot begin before 2026-03-07T02:00:00.000Z; ann has to approve again shortly before that',
      },
    ]);
    expect(approved.body).toMatchObject({
      approval: { approvals: [{ by: 'ann', expiresAt: '2026-03-01T16:00:00.000Z' }] },
    });
  });

  it('can be given by somebody to whom the role was lent', async () => {
    await frozen();
    const { id, digest } = await wanted();
    const lent = { to: 'bob', roles: ['sre'], until: '2026-03-08T00:00:00Z' };
    expect(await post('delegations', { ...lent, roles: ['admin'] }, ann)).toMatchObject({
      status: 403,
      body: { code: 'approval/delegation_too_wide' },
    });
    const given = await post('delegations', { ...lent, scope: { environment: 'prod' } }, ann);
    expect(given).toMatchObject({
      status: 201,
      body: {
        ...{ giver: 'ann', to: 'bob', roles: ['sre'], scope: { environment: 'prod' } },
        from: '2026-03-01T12:00:00.000Z',
        until: '2026-03-08T00:00:00.000Z',
      },
    });
    const path = `${API}/delegations/${String(given.body['id'])}`;
    expect((await scene.hub.get(path)).body).toEqual(given.body);
    expect((await get('delegations'))['items']).toEqual([given.body]);
    expect(await post(`plans/${id}/approve`, { digest }, bob)).toMatchObject({
      status: 200,
      body: { approval: { satisfied: true, approvals: [{ by: 'bob' }] } },
    });

    expect(await scene.hub.send('DELETE', path, { headers: bob })).toMatchObject({
      status: 403,
      body: { code: 'http/not_allowed', data: { giver: 'ann' } },
    });
    expect((await scene.hub.send('DELETE', path, { headers: ann })).status).toBe(204);
    expect(await get(`plans/${id}`)).toMatchObject({ approval: { satisfied: false } });
    expect(await scene.hub.send('DELETE', path, { headers: ann })).toMatchObject({
      status: 404,
      body: { code: 'approval/delegation_not_found' },
    });
  });
});

describe('approval rules', () => {
  let scene: ProductionScene;
  let admin: Account;
  beforeEach(async () => {
    scene = await ProductionScene.start();
    const { store, clock } = scene.hub;
    const context = { store, clock, ids: new UlidIds(), startedAt: clock.now() };
    admin = await anAccount(context, 'admin', { roles: ['admin'] });
  });
  afterEach(() => scene.stop());

  const rules = `${API}/approval-rules`;
  const names = async () => {
    const { items } = (await scene.hub.get(rules)).body;
    return (items as readonly { name: string; version: number }[]).map(
      ({ name, version }) => `${name} ${String(version)}`,
    );
  };

  it('come with the hub, and are added, replaced and removed as somebody saw them', async () => {
    expect(await names()).toEqual(['critical-production 0', 'critical-staging 0', 'production 1']);
    const two = { name: 'two', products: ['aria'], requiredRoles: ['sre', 'product-owner'] };
    const made = await scene.hub.post(rules, two, admin);
    expect(made).toMatchObject({
      status: 201,
      body: {
        ...two,
        ...{ level: 1, allowAuthor: false, by: 'admin', at: '2026-03-01T12:00:00.000Z' },
        version: 1,
      },
    });
    expect(made.headers.get('etag')).toBe('"1"');
    expect(await scene.hub.post(rules, two, admin)).toMatchObject({
      status: 409,
      body: { code: 'catalog/already_exists' },
    });
    const { name: _, ...change } = { ...two, ttlHours: 2 };
    const put = (etag: string) =>
      scene.hub.put(`${rules}/two`, change, { ...admin, 'if-match': etag });
    expect(await put('"7"')).toMatchObject({ status: 412 });
    expect(await put('"1"')).toMatchObject({ status: 200, body: { ttlHours: 2, version: 2 } });
    expect((await scene.hub.get(`${rules}/two`)).body).toMatchObject({ ttlHours: 2, version: 2 });
    const remove = (etag: string) =>
      scene.hub.send('DELETE', `${rules}/two`, { headers: { ...admin, 'if-match': etag } });
    expect((await remove('"1"')).status).toBe(412);
    expect((await remove('"2"')).status).toBe(204);
    expect((await scene.hub.get(`${rules}/two`)).status).toBe(404);
  });

  it('can be removed though they came with the hub; production then waits for a rule', async () => {
    const at = (name: string) => `${rules}/${name}`;
    const headers = { ...admin, 'if-match': '"0"' };
    expect((await scene.hub.send('DELETE', at('critical-staging'), { headers })).status).toBe(204);
    expect(await names()).toEqual(['critical-production 0', 'production 1']);
    expect((await scene.hub.send('DELETE', at('production'), { headers: admin })).status).toBe(204);
    await scene.want('aria', '1.1.0');
    const { items } = (await scene.hub.get(`${API}/plans?entity=aria-prod&limit=1`)).body;
    expect(items).toMatchObject([
      {
        state: 'BLOCKED',
        violations: [{ code: 'no_approval_rule' }],
        approval: { required: true, satisfied: false, gates: [], approvals: [] },
      },
    ]);
  });

  it.each([
    {
      name: 'a role that there is not',
      change: { requiredRoles: ['sree'] },
      field: 'requiredRoles',
    },
    {
      name: 'an escalation to nobody',
      change: { escalation: { afterHours: 1, roles: ['boss'] } },
      field: 'escalation.roles',
    },
    { name: 'no demand', change: { requiredRoles: undefined }, field: 'requiredRoles' },
    { name: 'both places', change: { environment: 'prod' }, field: 'tier' },
    { name: 'no number', change: { ttlHours: 'long' }, field: 'ttlHours' },
    { name: 'an unknown field', change: { colour: 'red' }, field: 'colour' },
    { name: 'null', change: { level: null }, field: 'level' },
  ])('refuse $name, and name the field', async ({ change, field }) => {
    const answer = await scene.hub.post(rules, { ...RULE, name: 'new', ...change }, admin);
    expect(answer).toMatchObject({ status: 400, body: { field } });
  });
});
