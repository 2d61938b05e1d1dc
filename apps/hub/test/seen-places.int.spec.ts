import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aBreakGlass, aDeployment, aNotification } from '@apollo-deploy/domain/testing';
import type { Context, UnitOfWork } from '@apollo-deploy/orchestration';
import {
  aConstraint,
  aHold,
  anEntity,
  anEnvironment,
  aPlan,
  aPlanCount,
  aProduct,
  aRelease,
  aSpoke,
  aSuppression,
} from '@apollo-deploy/orchestration/testing';
import { UlidIds } from '../src/platform/ulid-ids.js';
import { anAccount } from '../src/testing/account.js';
import { type Answer, TestHub } from '../src/testing/test-hub.js';
import { routesOf } from './support/routes-of.js';

const API = '/api/v1';
const NOBODYS = 'none';

/**
 * What is answered to somebody who is admin in `dev` and nothing elsewhere. A route without a line here
 * fails: whoever adds one says what it keeps from whom.
 */
type About =
  /** Of no environment: whoever sees anything may use it. */
  | 'fleet'
  /** Takes the permission in every environment. */
  | 'everywhere'
  /** Takes no account at all, or one's own session. */
  | 'anyone'
  /** Of what its body names: see `NAMED`. */
  | 'named'
  /** A list of what is in `dev`, this among it. */
  | Listed
  /** Of the one thing that its path names, of this kind. */
  | OfOne;

const KINDS = {
  environment: (place: string) => place,
  entity: (place: string) => `entity-${place}`,
  spoke: (place: string) => `spoke-${place}`,
  plan: (place: string) => `plan-${place}`,
  hold: (place: string) => `hold-${place}`,
  glass: (place: string) => `glass-${place}`,
  deployment: (place: string) => `deployment-${place}`,
  constraint: (place: string) => `constraint-${place}`,
  constraintOnEntity: (place: string) => `on-entity-${place}`,
  schedule: (place: string) => `schedule-${place}`,
  suppression: (place: string) => `automatic-${place}`,
  rule: (place: string) => `rule-${place}`,
  notification: (place: string) => `notification-${place}`,
  delegation: (place: string) => `delegation-${place}`,
} as const;
type Kind = keyof typeof KINDS;

interface Listed {
  readonly lists: string;
}
interface OfOne {
  readonly one: Kind;
}

const ROUTES: Readonly<Record<string, About>> = {
  'post /deploy': 'named',
  'get /history/{service}': 'fleet',
  'get /rules': 'fleet',
  'get /status/{service}': 'fleet',
  'get /api/v1/analytics/dora': 'fleet',
  'get /api/v1/analytics/plans': 'fleet',
  'post /api/v1/approval-gates/evaluate': 'named',
  'get /api/v1/approval-rules': { lists: 'rule-dev' },
  'post /api/v1/approval-rules': 'everywhere',
  'delete /api/v1/approval-rules/{name}': 'everywhere',
  'get /api/v1/approval-rules/{name}': { one: 'rule' },
  'put /api/v1/approval-rules/{name}': 'everywhere',
  'get /api/v1/audit': 'everywhere',
  'get /api/v1/audit/export': 'everywhere',
  'get /api/v1/audit/head': 'everywhere',
  'get /api/v1/break-glass': { lists: 'glass-dev' },
  'post /api/v1/break-glass': 'named',
  'delete /api/v1/break-glass/{id}': { one: 'glass' },
  'get /api/v1/break-glass/{id}': { one: 'glass' },
  'post /api/v1/break-glass/{id}/review': { one: 'glass' },
  'get /api/v1/channels': 'fleet',
  'post /api/v1/channels/{name}/releases': 'everywhere',
  'get /api/v1/constraint-kinds': 'fleet',
  'get /api/v1/constraints': { lists: 'constraint-dev' },
  'post /api/v1/constraints': 'named',
  'delete /api/v1/constraints/{id}': { one: 'constraint' },
  'get /api/v1/constraints/{id}': { one: 'constraintOnEntity' },
  'get /api/v1/deployments': { lists: 'deployment-dev' },
  'get /api/v1/deployments/{id}': { one: 'deployment' },
  'get /api/v1/delegations': { lists: 'delegation-dev' },
  'post /api/v1/delegations': 'named',
  'delete /api/v1/delegations/{id}': { one: 'delegation' },
  'get /api/v1/delegations/{id}': { one: 'delegation' },
  'get /api/v1/entities': { lists: 'entity-dev' },
  'get /api/v1/entities/{name}': { one: 'entity' },
  'put /api/v1/entities/{name}': 'named',
  'delete /api/v1/entities/{name}/adoption': { one: 'entity' },
  'put /api/v1/entities/{name}/adoption': { one: 'entity' },
  'get /api/v1/entities/{name}/expected-state': { one: 'entity' },
  'get /api/v1/environments': { lists: 'dev' },
  'post /api/v1/environments': 'everywhere',
  'get /api/v1/environments/{name}': { one: 'environment' },
  'put /api/v1/environments/{name}/limit': { one: 'environment' },
  'post /api/v1/evaluations': 'named',
  'get /api/v1/events': 'named',
  'get /api/v1/holds': { lists: 'hold-dev' },
  'post /api/v1/holds': 'named',
  'delete /api/v1/holds/{id}': { one: 'hold' },
  'get /api/v1/holds/{id}': { one: 'hold' },
  'post /api/v1/join-tokens': 'named',
  'get /api/v1/key-sets': 'everywhere',
  'post /api/v1/key-sets': 'everywhere',
  'get /api/v1/me': 'fleet',
  'get /api/v1/notifications': { lists: 'notification-dev' },
  'get /api/v1/notifications/{id}': { one: 'notification' },
  'post /api/v1/notifications/{id}/replay': { one: 'notification' },
  'get /api/v1/people': 'everywhere',
  'get /api/v1/people/{name}': 'everywhere',
  'put /api/v1/people/{name}/roles': 'everywhere',
  'delete /api/v1/people/{name}/sessions': 'everywhere',
  'get /api/v1/people/{name}/tokens': 'everywhere',
  'post /api/v1/people/{name}/tokens': 'everywhere',
  'delete /api/v1/people/{name}/tokens/{id}': 'everywhere',
  'get /api/v1/plans': { lists: 'plan-dev' },
  'get /api/v1/plans/{id}': { one: 'plan' },
  'post /api/v1/plans/{id}/approve': { one: 'plan' },
  'post /api/v1/plans/{id}/cancel': { one: 'plan' },
  'get /api/v1/plans/{id}/diff': { one: 'plan' },
  'post /api/v1/plans/{id}/execute': { one: 'plan' },
  'get /api/v1/plans/{id}/explain': { one: 'plan' },
  'post /api/v1/plans/{id}/reject': { one: 'plan' },
  'post /api/v1/plans/{id}/resolve': { one: 'plan' },
  'post /api/v1/plans/{id}/withdraw': { one: 'plan' },
  'get /api/v1/products': 'fleet',
  'post /api/v1/products': 'fleet',
  'get /api/v1/products/{name}': 'fleet',
  'put /api/v1/products/{name}/limit': 'everywhere',
  'get /api/v1/recalls': 'fleet',
  'post /api/v1/recalls': 'everywhere',
  'delete /api/v1/recalls/{id}': 'everywhere',
  'get /api/v1/recalls/{id}': 'fleet',
  'get /api/v1/releases': 'fleet',
  'post /api/v1/releases': 'fleet',
  'get /api/v1/releases/{id}': 'fleet',
  'get /api/v1/schedules': { lists: 'schedule-dev' },
  'post /api/v1/schedules': 'named',
  'delete /api/v1/schedules/{id}': { one: 'schedule' },
  'get /api/v1/schedules/{id}': { one: 'schedule' },
  'delete /api/v1/session': 'anyone',
  'get /api/v1/session': 'anyone',
  'get /api/v1/spokes': { lists: 'spoke-dev' },
  'get /api/v1/spokes/{name}': { one: 'spoke' },
  'post /api/v1/spokes/{name}/accept': { one: 'spoke' },
  'delete /api/v1/spokes/{name}/join-tokens': { one: 'spoke' },
  'get /api/v1/spokes/{name}/join-tokens': { one: 'spoke' },
  'put /api/v1/spokes/{name}/limit': { one: 'spoke' },
  'get /api/v1/spokes/{name}/releases': { one: 'spoke' },
  'post /api/v1/spokes/{name}/revoke': { one: 'spoke' },
  'get /api/v1/suppressions': { lists: 'automatic-dev' },
  'post /api/v1/suppressions': 'named',
  'delete /api/v1/suppressions/{id}': { one: 'suppression' },
  'get /api/v1/suppressions/{id}': { one: 'suppression' },
  'get /api/v1/tokens': 'fleet',
  'post /api/v1/tokens': 'named',
  'delete /api/v1/tokens/{id}': 'fleet',
  'get /api/v1/webhooks': 'everywhere',
  'post /api/v1/webhooks': 'everywhere',
  'delete /api/v1/webhooks/{id}': 'everywhere',
  'get /api/v1/webhooks/{id}': 'everywhere',
  'put /api/v1/webhooks/{id}': 'everywhere',
  'post /api/v1/webhooks/{id}/secret': 'everywhere',
  'post /api/v1/webhooks/{id}/test': 'everywhere',
  'post /api/v1/windows/evaluate': 'fleet',
};

const RULE = { name: 'soak', kind: 'rule', spec: { message: 'no', when: {} } };
const IMAGINED = { tier: 'staging', type: 'upgrade', criticality: 'low', product: 'aria' };
const LENT = { to: 'ann', roles: ['sre'], until: '2026-03-02T00:00:00Z' };
const NIGHTS = { name: 'nights', cron: '0 2 * * 6', durationHours: 4 };

/** Requests that name something in a place in another way than by their path. */
const NAMED: readonly {
  route: string;
  by: string;
  /** 404 if absent. */
  status?: number;
  of: (place: string) => object | string;
}[] = [
  {
    ...{ route: 'post /api/v1/approval-gates/evaluate', by: 'plan' },
    of: (place) => ({ planId: `plan-${place}` }),
  },
  {
    ...{ route: 'post /api/v1/approval-gates/evaluate', by: 'environment of an imagined plan' },
    of: (place) => ({ plan: { ...IMAGINED, environment: place } }),
  },
  {
    ...{ route: 'post /api/v1/constraints', by: 'environment', status: 403 },
    of: (place) => ({ ...RULE, scope: { environments: [place] } }),
  },
  {
    ...{ route: 'post /api/v1/break-glass', by: 'environment' },
    of: (place) => ({
      ...{ service: 'test-service', environment: place, waives: ['window'] },
      ...{ reason: 'the till is down', until: '2026-03-01T13:00:00Z' },
    }),
  },
  {
    ...{ route: 'post /deploy', by: 'environment' },
    of: (place) => ({ service: 'aria', target_env: place }),
  },
  { route: 'get /api/v1/deployments', by: 'environment', of: (place) => `?environment=${place}` },
  {
    route: 'get /api/v1/deployments',
    by: 'deployment to go on after',
    status: 400,
    of: (place) => `?after=deployment-${place}`,
  },
  { route: 'get /api/v1/break-glass', by: 'environment', of: (place) => `?environment=${place}` },
  { route: 'get /api/v1/notifications', by: 'environment', of: (place) => `?environment=${place}` },
  {
    ...{ route: 'post /api/v1/constraints', by: 'entity' },
    of: (place) => ({ ...RULE, scope: { environments: ['dev'], entities: [`entity-${place}`] } }),
  },
  {
    ...{ route: 'post /api/v1/constraints', by: 'source of a soak' },
    of: (place) => ({
      ...{ name: 'soak', kind: 'soak', spec: { minutes: 5, from: place } },
      scope: { environments: ['dev'] },
    }),
  },
  {
    ...{ route: 'post /api/v1/delegations', by: 'environment' },
    of: (place) => ({ ...LENT, scope: { environment: place } }),
  },
  {
    ...{ route: 'put /api/v1/entities/{name}', by: 'spoke' },
    of: (place) => ({ spoke: `spoke-${place}`, product: 'aria', desired: { channel: 'dev' } }),
  },
  {
    ...{ route: 'post /api/v1/evaluations', by: 'entity' },
    of: (place) => ({ entity: `entity-${place}` }),
  },
  {
    ...{ route: 'post /api/v1/holds', by: 'entity' },
    of: (place) => ({ entity: `entity-${place}`, until: 'lifted', reason: 'wait' }),
  },
  {
    ...{ route: 'post /api/v1/join-tokens', by: 'environment' },
    of: (place) => ({ spoke: 'new', environment: place }),
  },
  {
    ...{ route: 'post /api/v1/schedules', by: 'environment', status: 403 },
    of: (place) => ({ ...NIGHTS, environments: [place] }),
  },
  {
    ...{ route: 'post /api/v1/suppressions', by: 'environment', status: 403 },
    of: (place) => ({ ...NIGHTS, reason: 'no', scope: { environments: [place] } }),
  },
  {
    ...{ route: 'post /api/v1/suppressions', by: 'entity' },
    of: (place) => ({
      ...{ ...NIGHTS, reason: 'no' },
      scope: { environments: ['dev'], entities: [`entity-${place}`] },
    }),
  },
  {
    ...{ route: 'post /api/v1/tokens', by: 'environment' },
    of: (place) => ({
      ...{ name: 'ci', scopes: ['view'], environments: ['dev', place] },
      expiresAt: '2026-03-01T13:00:00Z',
    }),
  },
  { route: 'get /api/v1/events', by: 'environment', of: (place) => `?environment=${place}` },
  { route: 'get /api/v1/entities', by: 'environment', of: (place) => `?environment=${place}` },
  {
    route: 'get /api/v1/entities',
    by: 'spoke',
    status: 200,
    of: (place) => `?spoke=spoke-${place}`,
  },
  { route: 'get /api/v1/plans', by: 'environment', of: (place) => `?environment=${place}` },
  { route: 'get /api/v1/plans', by: 'entity', of: (place) => `?entity=entity-${place}` },
  {
    route: 'get /api/v1/plans',
    by: 'plan to go on after',
    status: 400,
    of: (place) => `?after=plan-${place}`,
  },
];

/** Of spokes, of identity providers and of whoever watches the hub are the others. */
const OF_PEOPLE = / \/(api\/v1|deploy|status|history|rules)\b/;

let hub: TestHub;
let headers: Readonly<Record<string, string>>;

async function fill(unit: UnitOfWork, place: string): Promise<void> {
  const [entity, spoke] = [`entity-${place}`, `spoke-${place}`];
  const environments = [place];
  await unit.environments.insert(anEnvironment({ name: place }));
  await unit.spokes.insert(aSpoke({ name: spoke, environment: place }));
  await unit.entities.insert(anEntity({ name: entity, spoke, environment: place }));
  await unit.plans.insert(aPlan({ id: `plan-${place}`, entity, spoke, environment: place }));
  await unit.holds.insert(aHold({ id: `hold-${place}`, entity }));
  await unit.breakGlasses.insert(aBreakGlass({ id: `glass-${place}`, environment: place }));
  const ended = { status: 'completed', endedAt: '2026-03-01T11:00:00.000Z' } as const;
  await unit.deployments.insert(
    aDeployment({ id: `deployment-${place}`, environment: place, ...ended }),
  );
  const notification = { id: `notification-${place}`, environment: place };
  await unit.notifications.add([aNotification(notification)]);
  const automatic = { id: `automatic-${place}`, entity, environment: place };
  await unit.suppressions.put(aSuppression(automatic));
  const scope = { environments: ['dev', ...environments] };
  await unit.constraints.insert(
    aConstraint({
      id: `freeze-${NUMBERS[place] ?? ''}`,
      name: `freeze ${NUMBERS[place] ?? ''}`,
      scope,
    }),
  );
  const rule = { kind: 'rule', spec: RULE.spec };
  await unit.constraints.insert(
    aConstraint({ ...rule, id: `constraint-${place}`, scope: { environments } }),
  );
  await unit.constraints.insert(
    aConstraint({ ...rule, id: `on-entity-${place}`, scope: { entities: [entity] } }),
  );
  const window = { kind: 'maintenance_window', spec: { layer: 'environment', ...CRON } };
  await unit.constraints.insert(
    aConstraint({ ...window, id: `schedule-${place}`, scope: { environments } }),
  );
  const demand = { requiredRoles: ['sre'], level: 1, allowAuthor: false, environment: place };
  const name = `rule-${place}`;
  const at = '2026-03-01T00:00:00.000Z';
  await unit.approvalRules.put({ name, rule: { name, ...demand }, by: 'ann', at, version: 0 });
  await unit.delegations.insert({
    ...{ id: `delegation-${place}`, giver: place === 'dev' ? 'ann' : 'moon-person', to: 'bob' },
    ...{ roles: ['sre'], scope: { environment: place }, from: at, givenAt: at },
    until: '2026-03-09T00:00:00.000Z',
  });
  await unit.analytics.add([aPlanCount({ day: '2026-02-27', environment: place })]);
}

const NUMBERS: Readonly<Record<string, string>> = { dev: 'one', moon: 'two' };
const CRON = { cron: '0 2 * * 6', durationHours: 4, timezone: 'UTC' };

beforeAll(async () => {
  hub = await TestHub.start();
  const { store, clock } = hub;
  const context: Context = { store, clock, ids: new UlidIds(), startedAt: clock.now() };
  await store.transact(async (unit) => {
    await unit.products.insert(aProduct());
    await unit.releases.insert(aRelease());
    await fill(unit, 'dev');
    await fill(unit, 'moon');
  });
  const admin = { grants: [{ environment: 'dev', roles: ['admin'] }] } as const;
  headers = { ...(await anAccount(context, 'ann', admin)), 'x-request-id': 'one' };
  await anAccount(context, 'bob', { roles: ['viewer'] });
});
afterAll(() => hub.stop());

/** All that comes back but for what differs between any two answers. */
async function answer(route: string, target: string, of?: object | string): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const address = path.replace(/\{\w+\}/, target) + (typeof of === 'string' ? of : '');
  const body =
    method === 'post' || method === 'put' ? (typeof of === 'object' ? of : {}) : undefined;
  return hub.send(method.toUpperCase(), address, {
    headers,
    ...(body !== undefined && { body }),
  });
}

/** The words of an answer, the name that was asked for left out, and its ETag. */
function told({ status, body, headers: sent }: Answer, name: string): unknown {
  const text = JSON.stringify(body).replaceAll(name, '…');
  return { status, text, etag: sent.get('etag') };
}

describe('to somebody who sees one environment of two', () => {
  it('every route says what it keeps from them', () => {
    const served = routesOf(hub.app).filter((route) => OF_PEOPLE.test(route));
    expect(Object.keys(ROUTES).sort()).toEqual(served.sort());
    const named = Object.keys(ROUTES).filter((route) => ROUTES[route] === 'named');
    expect(named.filter((route) => !NAMED.some((one) => one.route === route))).toEqual([]);
  });

  it.each(rows((about) => about === 'everywhere'))('is refused: %s', async (route) => {
    expect(await answer(route, NOBODYS)).toMatchObject({
      status: 403,
      body: { code: 'http/not_allowed', data: expect.not.objectContaining({ environments: [] }) },
    });
  });

  it.each(rows((about) => about === 'fleet'))(
    'is open and tells nothing of the other: %s',
    async (route) => {
      const { status, body } = await answer(route, NOBODYS);
      expect([401, 403]).not.toContain(status);
      expect(JSON.stringify(body)).not.toMatch(/moon/);
    },
  );

  it.each(rows((about) => typeof about === 'object' && 'lists' in about))(
    'lists what they see and nothing else: %s',
    async (route) => {
      const { status, body } = await answer(route, NOBODYS);
      expect(status).toBe(200);
      expect(JSON.stringify(body)).not.toMatch(/moon/);
      const items = body['items'] as readonly { id?: string; name?: string }[];
      const { lists } = ROUTES[route] as Listed;
      expect(
        items.map(({ id, name }) => id ?? name).concat(items.map(({ name }) => name)),
      ).toContain(lists);
    },
  );

  it.each(rows((about) => typeof about === 'object' && 'one' in about))(
    'is answered of what they do not see as of what is not there: %s',
    async (route) => {
      const { one } = ROUTES[route] as OfOne;
      const [hidden, unknown] = [KINDS[one]('moon'), KINDS[one](NOBODYS)];
      const ofHidden = told(await answer(route, hidden), hidden);
      expect(ofHidden).toMatchObject({ status: 404 });
      expect(ofHidden).toEqual(told(await answer(route, unknown), unknown));
      if (!route.startsWith('get ')) return;
      const { status, body } = await answer(route, KINDS[one]('dev'));
      expect(JSON.stringify(body)).not.toMatch(/moon|"there is no/);
      expect([401, 403]).not.toContain(status);
    },
  );

  it.each(NAMED)(
    'takes the $by of the other for one that there is not: $route',
    async ({ route, of, status = 404 }) => {
      const hidden = told(await answer(route, NOBODYS, of('moon')), 'moon');
      expect(hidden).toEqual(told(await answer(route, NOBODYS, of(NOBODYS)), NOBODYS));
      expect(hidden).toMatchObject({ status });
      expect(JSON.stringify(hidden)).not.toMatch(/moon/);
    },
  );

  it('is not let lend their role for every plan, but where they have it', async () => {
    const until = '2026-03-02T00:00:00Z';
    const lent = { to: 'bob', roles: ['admin'], until };
    expect((await hub.post(`${API}/delegations`, lent, headers)).status).toBe(403);
    const here = { ...lent, scope: { environment: 'dev' } };
    expect((await hub.post(`${API}/delegations`, here, headers)).status).toBe(201);
  });

  it('counts what is in the one', async () => {
    const { body } = await hub.get(`${API}/analytics/plans?by=environment`, headers);
    expect(body).toMatchObject({ groups: [{ key: 'dev', total: 1 }] });
    const { body: types } = await hub.get(`${API}/analytics/plans?by=type`, headers);
    expect(types).toMatchObject({ groups: [{ key: 'upgrade', total: 1 }] });
  });

  it('tells of a service what became of it in the one', async () => {
    const { body: history } = await hub.get('/history/aria', headers);
    expect(history).toMatchObject({
      total_deployments: 1,
      history: [{ id: 'deployment-dev', environment: 'dev' }],
    });
    for (const route of ['status', 'history']) {
      const [elsewhere, nowhere] = await Promise.all(
        ['moon', 'none'].map((one) => hub.get(`/${route}/aria?environment=${one}`, headers)),
      );
      expect([elsewhere?.status, nowhere?.status]).toEqual([404, 404]);
      expect(elsewhere?.body['detail']).toBe(
        String(nowhere?.body['detail']).replace('none', 'moon'),
      );
    }
  });

  it('shows of a freeze in both their own part', async () => {
    const { body } = await hub.get(`${API}/suppressions/freeze-two`, headers);
    expect(body).toMatchObject({ scope: { environments: ['dev'] } });
  });

  it('says to who sees a freeze in both, and may not lift it, what is missing', async () => {
    const { status, body } = await hub.send('DELETE', `${API}/suppressions/freeze-two`, {
      headers,
    });
    expect({ status, code: body['code'] }).toEqual({ status: 403, code: 'http/not_allowed' });
    expect(JSON.stringify(body)).not.toMatch(/"moon"|in dev, moon/);
  });
});

function rows(wanted: (about: About) => boolean): readonly string[] {
  return Object.entries(ROUTES).flatMap(([route, about]) => (wanted(about) ? [route] : []));
}
