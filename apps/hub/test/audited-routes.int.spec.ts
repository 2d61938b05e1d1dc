import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aNotification } from '@apollo-deploy/domain/testing';
import {
  type Context,
  openSession,
  recordFullState,
  recordPlanResult,
  type SpokeSession,
  startLoginSession,
} from '@apollo-deploy/orchestration';
import {
  admitted,
  CLUSTER_UID,
  HELLO,
  must,
  releaseReport,
} from '@apollo-deploy/orchestration/testing';
import {
  keySetOf,
  privateKeyFrom,
  signJoinRequest,
  signKeySet,
  SpokeKey,
} from '@apollo-deploy/protocol';
import { csrfTokenOf } from '../src/login/csrf.js';
import { UlidIds } from '../src/platform/ulid-ids.js';
import { anAccount } from '../src/testing/account.js';
import { aChart } from '../src/testing/chart-archive.js';
import { type Answer, TestHub } from '../src/testing/test-hub.js';
import type { OidcConfig } from '../src/config/oidc-config.js';
import { LogoutIssuer } from './support/logout-issuer.js';
import { promotableService } from './support/promotable-service.js';

const API = '/api/v1';
const KEY = SpokeKey.create();
const CRON = { cron: '0 2 * * 6', durationHours: 2 };
const TOKEN = { name: 'laptop', scopes: ['view'], expiresAt: '2026-03-02T00:00:00Z' };
const ONCE = { start: '2026-04-01T00:00:00Z', end: '2026-04-02T00:00:00Z', reason: 'the fair' };
const WINDOW = { windows: [{ name: 'nights', ...CRON, timezone: 'UTC' }], suppressions: [] };

/** The issuer is known once it listens. */
const OIDC = {
  issuer: '',
  clientId: 'apollo',
  publicUrl: 'https://apollo.example',
  nameClaim: 'sub',
  scopes: ['groups'],
  rolesClaim: 'groups',
} satisfies OidcConfig;
/** HERMES is named, so that it may be told something, and nobody listens at that port. */
const NOBODY_ANSWERS = { told: { hermes: 'http://127.0.0.1:1' } };
let issuer: LogoutIssuer;

/** Routes that answer a question, and change nothing. */
const QUESTIONS: Readonly<Record<string, object>> = {
  'post /api/v1/windows/evaluate': { ...WINDOW, at: '2026-03-01T12:00:00Z' },
  'post /api/v1/approval-gates/evaluate': { gates: [], approvals: [] },
};

interface Entry {
  readonly actor: string;
  readonly actorKind: string;
  readonly action: string;
  readonly requestId?: string;
}

let hub: TestHub;
let context: Context;
let session: SpokeSession;
let admin: { readonly authorization: string };
let sre: { readonly authorization: string };

const remember = new Map<string, string>();

/** Keeps the id of what was made, for the route that takes it away. */
async function made(name: string, answer: Promise<Answer>): Promise<Answer> {
  const { body } = await answer;
  remember.set(name, String(body['id']));
  return answer;
}

const removed = (path: string, name: string, headers: Readonly<Record<string, string>> = {}) =>
  hub.send('DELETE', `${API}/${path}/${remember.get(name) ?? 'none'}`, { headers });

async function openPlanOf(entity: string): Promise<string> {
  await hub.post(`${API}/evaluations`, { entity });
  const { body } = await hub.get(`${API}/plans?entity=${entity}&limit=1`);
  return String((body['items'] as { id: string }[])[0]?.id);
}

async function putEntity(name: string, namespace: string): Promise<Answer> {
  const desired = { channel: 'dev' };
  return hub.put(`${API}/entities/${name}`, { spoke: 'dev-1', product: 'web', namespace, desired });
}

/** The sre says something about the plan that waits. */
const asked = (what: string, body: object) =>
  hub.post(`${API}/plans/${remember.get('asked') ?? ''}/${what}`, body, sre);

/** The spoke does not know how the plan of `web-dev` ended. */
async function leaveUnknown(): Promise<string> {
  const planId = remember.get('plan') ?? 'none';
  const plan = await hub.store.transact((unit) => unit.plans.get(planId));
  const result = { verdict: 'unknown', message: 'who knows', evidence: {} } as const;
  const verdict = {
    planId,
    attempt: plan?.attempt ?? 1,
    at: hub.clock.now().toISOString(),
    result,
  };
  must(await recordPlanResult(context, session, verdict));
  return planId;
}

/** The first key set there is. */
function firstKeySet(): object {
  const key = privateKeyFrom(SpokeKey.create().toPem());
  if (!key.ok) throw new Error(key.error);
  const set = keySetOf({ version: 1, threshold: 1, keys: [key.value] });
  return signKeySet(set, [key.value]);
}

async function logIn(person: string, secret: string): Promise<void> {
  const vouched = { issuer: OIDC.issuer, subject: person };
  const lasts = { idleMs: 60_000, longestMs: 60_000, requestId: 'login' };
  must(await startLoginSession(context, { person, vouched, secret, ...lasts }));
}

/** Logs somebody in, who then logs out at the provider. */
async function logOutThere(person: string): Promise<Answer> {
  await logIn(person, 'd'.repeat(64));
  const token = await issuer.token(person, hub.clock.now());
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return hub.post('/auth/backchannel-logout', `logout_token=${token}`, headers);
}

/** Logs somebody in, who then logs out by a page of the hub. */
async function logOut(person: string): Promise<Answer> {
  const secret = 'e'.repeat(64);
  await logIn(person, secret);
  const cookie = `__Host-apollo-session=${secret}`;
  const headers = { cookie, 'sec-fetch-site': 'same-origin', 'x-csrf-token': csrfTokenOf(secret) };
  return hub.send('DELETE', `${API}/session`, { headers });
}

/** Every route that changes something, in an order in which each finds what it needs. */
const DEEDS: {
  route: string;
  action: string;
  /** `dev-operator` if absent. */
  actor?: string;
  /** `person` if absent. */
  actorKind?: string;
  /** What else is done along with it, by the same person. */
  also?: string;
  does: () => Promise<Answer>;
}[] = [
  {
    route: 'post /api/v1/environments',
    action: 'environment.create',
    does: () =>
      hub.post(`${API}/environments`, { name: 'dev', tier: 'development', execution: 'manual' }),
  },
  {
    route: 'put /api/v1/environments/{name}/limit',
    action: 'environment.limit',
    does: () => hub.put(`${API}/environments/dev/limit`, { maxConcurrent: 5 }),
  },
  {
    route: 'post /api/v1/key-sets',
    action: 'keys.add',
    does: () => hub.post(`${API}/key-sets`, firstKeySet()),
  },
  {
    route: 'post /api/v1/products',
    action: 'product.create',
    does: () => hub.post(`${API}/products`, { name: 'web', criticality: 'low' }),
  },
  {
    route: 'put /api/v1/products/{name}/limit',
    action: 'product.limit',
    does: () => hub.put(`${API}/products/web/limit`, { maxConcurrent: 5 }),
  },
  {
    route: 'post /api/v1/releases',
    action: 'release.register',
    does: async () =>
      hub.release({ product: 'web', version: '1.4.2' }, await aChart('web', '1.4.2')),
  },
  {
    route: 'post /api/v1/channels/{name}/releases',
    action: 'channel.add',
    does: () => hub.post(`${API}/channels/dev/releases`, { product: 'web', version: '1.4.2' }),
  },
  {
    route: 'post /api/v1/join-tokens',
    action: 'spoke.token',
    does: async () => {
      const body = { spoke: 'dev-1', environment: 'dev' };
      const answer = await hub.post(`${API}/join-tokens`, body);
      remember.set('token', String(answer.body['token']));
      return answer;
    },
  },
  {
    route: 'post /spoke/join',
    action: 'spoke.join',
    ...{ actor: 'dev-1', actorKind: 'spoke' },
    does: () => {
      const token = remember.get('token') ?? '';
      return hub.post('/spoke/join', signJoinRequest(KEY, { token, clusterUid: CLUSTER_UID }));
    },
  },
  {
    route: 'post /api/v1/spokes/{name}/accept',
    action: 'spoke.accept',
    does: () => hub.post(`${API}/spokes/dev-1/accept`, { publicKey: KEY.publicKey }),
  },
  {
    route: 'put /api/v1/spokes/{name}/limit',
    action: 'spoke.limit',
    does: async () => {
      session = must(await openSession(context, admitted('dev-1', KEY.publicKey), HELLO));
      const byHand = { version: '1.4.0', revision: 3, unmanaged: true } as const;
      const releases = [releaseReport('web', byHand)];
      must(await recordFullState(context, session, { generation: 1, releases }));
      return hub.put(`${API}/spokes/dev-1/limit`, { maxConcurrent: 5 });
    },
  },
  {
    route: 'put /api/v1/entities/{name}',
    action: 'entity.create',
    does: () => putEntity('web-dev', 'aria'),
  },
  {
    route: 'put /api/v1/entities/{name}/adoption',
    action: 'entity.adopt',
    does: () => hub.put(`${API}/entities/web-dev/adoption`, undefined),
  },
  {
    route: 'delete /api/v1/entities/{name}/adoption',
    action: 'entity.leave',
    does: () => hub.send('DELETE', `${API}/entities/web-dev/adoption`),
  },
  {
    route: 'post /api/v1/evaluations',
    action: 'evaluation.request',
    does: () => hub.post(`${API}/evaluations`, { entity: 'web-dev' }),
  },
  {
    route: 'post /api/v1/constraints',
    action: 'constraint.add',
    does: () => {
      const when = { fact: 'product.name', operator: 'ne', value: 'nothing' };
      const body = { name: 'rule', kind: 'rule', spec: { message: 'it stays', when } };
      return made('constraint', hub.post(`${API}/constraints`, body));
    },
  },
  {
    route: 'delete /api/v1/constraints/{id}',
    action: 'constraint.remove',
    does: () => removed('constraints', 'constraint'),
  },
  {
    route: 'post /api/v1/schedules',
    action: 'constraint.add',
    does: () => {
      const body = { name: 'nights', ...CRON, environments: ['dev'] };
      return made('schedule', hub.post(`${API}/schedules`, body));
    },
  },
  {
    route: 'delete /api/v1/schedules/{id}',
    action: 'constraint.remove',
    does: () => removed('schedules', 'schedule'),
  },
  {
    route: 'post /api/v1/suppressions',
    action: 'constraint.add',
    does: () => made('suppression', hub.post(`${API}/suppressions`, { ...ONCE, name: 'fair' })),
  },
  {
    route: 'delete /api/v1/suppressions/{id}',
    action: 'constraint.remove',
    does: () => removed('suppressions', 'suppression'),
  },
  {
    route: 'post /api/v1/recalls',
    action: 'recall.add',
    does: () => {
      const what = { product: 'web', range: '>=3.0.0', strategy: 'downgrade', reason: 'no' };
      return made('recall', hub.post(`${API}/recalls`, what));
    },
  },
  {
    route: 'delete /api/v1/recalls/{id}',
    action: 'recall.withdraw',
    does: () => removed('recalls', 'recall'),
  },
  {
    route: 'post /api/v1/break-glass',
    action: 'break_glass.open',
    does: () => {
      const until = '2026-03-01T13:00:00Z';
      const glass = { service: 'web', environment: 'dev', waives: ['window'], until };
      return made('glass', hub.post(`${API}/break-glass`, { ...glass, reason: 'it is on fire' }));
    },
  },
  {
    route: 'delete /api/v1/break-glass/{id}',
    action: 'break_glass.end',
    does: () => removed('break-glass', 'glass'),
  },
  {
    route: 'post /api/v1/break-glass/{id}/review',
    action: 'break_glass.review',
    actor: 'admin',
    does: () => {
      const path = `${API}/break-glass/${remember.get('glass') ?? ''}/review`;
      return hub.post(path, { verdict: 'accepted' }, admin);
    },
  },
  {
    route: 'post /api/v1/webhooks',
    action: 'webhook.add',
    does: () => {
      const body = { name: 'pager', kind: 'standard', url: 'http://127.0.0.1:9/' };
      return made('webhook', hub.post(`${API}/webhooks`, body));
    },
  },
  {
    route: 'put /api/v1/webhooks/{id}',
    action: 'webhook.change',
    does: () => hub.put(`${API}/webhooks/${remember.get('webhook') ?? ''}`, { on: false }),
  },
  {
    route: 'post /api/v1/webhooks/{id}/secret',
    action: 'webhook.rotate_secret',
    does: () => hub.post(`${API}/webhooks/${remember.get('webhook') ?? ''}/secret`, {}),
  },
  {
    route: 'post /api/v1/webhooks/{id}/test',
    action: 'webhook.test',
    does: () => hub.post(`${API}/webhooks/${remember.get('webhook') ?? ''}/test`, {}),
  },
  {
    route: 'delete /api/v1/webhooks/{id}',
    action: 'webhook.remove',
    does: () => removed('webhooks', 'webhook'),
  },
  {
    route: 'post /api/v1/notifications/{id}/replay',
    action: 'notification.replay',
    does: async () => {
      const { nextAttemptAt: _, ...ended } = aNotification({ environment: 'dev' });
      const dead = { ...ended, id: 'dead', deadAt: ended.createdAt };
      await hub.store.transact((unit) => unit.notifications.add([dead]));
      return hub.post(`${API}/notifications/dead/replay`, {});
    },
  },
  {
    route: 'post /api/v1/holds',
    action: 'hold.add',
    does: async () => {
      await putEntity('other', 'other');
      await openPlanOf('other');
      const what = { entity: 'other', until: 'lifted', reason: 'the fair' };
      return made('hold', hub.post(`${API}/holds`, what));
    },
  },
  {
    route: 'delete /api/v1/holds/{id}',
    action: 'hold.end',
    does: () => removed('holds', 'hold'),
  },
  {
    route: 'post /api/v1/plans/{id}/execute',
    action: 'plan.dispatch',
    does: async () => {
      remember.set('plan', await openPlanOf('other'));
      return hub.post(`${API}/plans/${remember.get('plan') ?? ''}/execute`, {});
    },
  },
  {
    route: 'post /api/v1/plans/{id}/resolve',
    action: 'plan.resolve',
    does: async () => {
      const body = { outcome: 'FAILED', reason: 'I looked' };
      return hub.post(`${API}/plans/${await leaveUnknown()}/resolve`, body);
    },
  },
  {
    route: 'post /api/v1/plans/{id}/cancel',
    action: 'plan.cancel',
    does: async () => {
      await putEntity('third', 'third');
      return hub.post(`${API}/plans/${await openPlanOf('third')}/cancel`, { reason: 'not now' });
    },
  },
  {
    route: 'post /api/v1/approval-rules',
    action: 'approval_rule.add',
    does: () => {
      const rule = { name: 'dev', environment: 'dev', requiredRoles: ['viewer'] };
      return hub.post(`${API}/approval-rules`, rule);
    },
  },
  {
    route: 'put /api/v1/approval-rules/{name}',
    action: 'approval_rule.replace',
    does: () => {
      const change = { environment: 'dev', requiredRoles: ['sre'] };
      return hub.put(`${API}/approval-rules/dev`, change);
    },
  },
  {
    ...{ route: 'post /api/v1/plans/{id}/approve', action: 'approval.give', actor: 'sre' },
    does: async () => {
      await putEntity('fourth', 'fourth');
      remember.set('asked', await openPlanOf('fourth'));
      const { body } = await hub.get(`${API}/plans/${remember.get('asked') ?? ''}`);
      return asked('approve', { digest: body['digest'] });
    },
  },
  {
    ...{ route: 'post /api/v1/plans/{id}/withdraw', action: 'approval.withdraw', actor: 'sre' },
    does: () => asked('withdraw', {}),
  },
  {
    ...{ route: 'post /api/v1/plans/{id}/reject', action: 'plan.reject', actor: 'sre' },
    does: () => asked('reject', { reason: 'not now' }),
  },
  {
    route: 'delete /api/v1/approval-rules/{name}',
    action: 'approval_rule.remove',
    does: () => hub.send('DELETE', `${API}/approval-rules/dev`),
  },
  {
    ...{ route: 'post /api/v1/delegations', action: 'delegation.give', actor: 'sre' },
    does: () => {
      const lent = { to: 'admin', roles: ['sre'], until: '2026-03-02T00:00:00Z' };
      return made('lent', hub.post(`${API}/delegations`, lent, sre));
    },
  },
  {
    ...{ route: 'delete /api/v1/delegations/{id}', action: 'delegation.end', actor: 'sre' },
    does: () => removed('delegations', 'lent', sre),
  },
  {
    ...{ route: 'put /api/v1/people/{name}/roles', action: 'person.roles', actor: 'admin' },
    does: () => hub.put(`${API}/people/ann/roles`, { roles: ['sre'] }, admin),
  },
  {
    ...{ route: 'post /api/v1/people/{name}/tokens', action: 'token.issue', actor: 'admin' },
    does: () => made('its', hub.post(`${API}/people/ci/tokens`, TOKEN, admin)),
  },
  {
    ...{
      route: 'delete /api/v1/people/{name}/tokens/{id}',
      action: 'token.revoke',
      actor: 'admin',
    },
    does: () => removed('people/ci/tokens', 'its', admin),
  },
  {
    ...{ route: 'delete /api/v1/session', action: 'session.end', actor: 'ann' },
    does: () => logOut('ann'),
  },
  {
    ...{ route: 'post /auth/backchannel-logout', action: 'session.end_by_provider' },
    ...{ actor: 'engine', actorKind: 'engine' },
    does: () => logOutThere('ann'),
  },
  {
    ...{
      route: 'delete /api/v1/people/{name}/sessions',
      action: 'session.end_all',
      actor: 'admin',
    },
    does: () => hub.send('DELETE', `${API}/people/ann/sessions`, { headers: admin }),
  },
  {
    ...{ route: 'post /api/v1/tokens', action: 'token.issue', actor: 'admin' },
    does: () => made('mine', hub.post(`${API}/tokens`, TOKEN, admin)),
  },
  {
    ...{ route: 'delete /api/v1/tokens/{id}', action: 'token.revoke', actor: 'admin' },
    does: () => removed('tokens', 'mine', admin),
  },
  {
    route: 'post /deploy',
    action: 'deployment.request',
    does: () => hub.post('/deploy', { service: 'web', version: '1.4.2' }, { prefer: 'wait=0' }),
  },
  {
    route: 'post /promote',
    action: 'deployment.request',
    does: async () => {
      await promotableService(context);
      const body = { service: 'pay', from_env: 'lab', to_env: 'live' };
      return hub.post('/promote', body, { prefer: 'wait=0' });
    },
  },
  {
    ...{ route: 'post /hotfix', action: 'deployment.request', also: 'break_glass.open' },
    does: () => {
      const body = { service: 'pay', environment: 'live', version: '1.0.0' };
      const reason = 'it is on fire';
      return hub.post('/hotfix', { ...body, reason }, { prefer: 'wait=0' });
    },
  },
  {
    route: 'post /rollback',
    action: 'deployment.request',
    does: () => {
      const body = { service: 'pay', environment: 'lab', target_version: '0.9.0' };
      return hub.post('/rollback', body, { prefer: 'wait=0' });
    },
  },
  {
    route: 'delete /api/v1/spokes/{name}/join-tokens',
    action: 'spoke.token_ended',
    does: async () => {
      await hub.post(`${API}/join-tokens`, { spoke: 'dev-1', environment: 'dev' });
      return hub.send('DELETE', `${API}/spokes/dev-1/join-tokens`);
    },
  },
  {
    route: 'post /api/v1/spokes/{name}/revoke',
    action: 'spoke.revoke',
    does: () => hub.post(`${API}/spokes/dev-1/revoke`, { reason: 'its key was copied' }),
  },
];

describe('the audit trail of every route that changes something', () => {
  beforeAll(async () => {
    issuer = await LogoutIssuer.start();
    OIDC.issuer = issuer.url;
    hub = await TestHub.start({ oidc: OIDC, integrations: NOBODY_ANSWERS });
    const { store, clock } = hub;
    context = { store, clock, ids: new UlidIds(), startedAt: new Date(0) };
    admin = await anAccount(context, 'admin', { roles: ['admin'] });
    sre = await anAccount(context, 'sre', { roles: ['sre'] });
    await hub.put(`${API}/people/ci/roles`, { roles: ['viewer'], machine: true }, admin);
  });
  afterAll(async () => {
    await hub.stop();
    await issuer.stop();
  });

  async function entriesOf(answer: Answer): Promise<readonly Entry[]> {
    const { body } = await hub.get(`${API}/audit?limit=200`);
    const requestId = answer.headers.get('x-request-id');
    return (body['items'] as Entry[]).filter((entry) => entry.requestId === requestId);
  }

  it('is proven here for all of them: a new route needs a line above', () => {
    const known = [...DEEDS.map(({ route }) => route), ...Object.keys(QUESTIONS)];
    expect(changingRoutes().sort()).toEqual(known.sort());
  });

  it.each(DEEDS)('has one entry by who asked: $route', async ({ does, action, also, ...by }) => {
    const { actor = 'dev-operator', actorKind = 'person' } = by;
    const answer = await does();
    expect([answer.status < 300, answer.body]).toEqual([true, expect.anything()]);
    const actions = also === undefined ? [action] : [action, also];
    expect(await entriesOf(answer)).toMatchObject(
      actions.map((one) => ({ action: one, actor, actorKind })),
    );
  });

  it.each(Object.entries(QUESTIONS))('has nothing of a question: %s', async (route, body) => {
    const answer = await hub.post(route.replace('post ', ''), body);
    expect([answer.status, answer.body]).toEqual([200, expect.anything()]);
    expect(await entriesOf(answer)).toEqual([]);
  });
});

/** What Express serves and is no GET, in the spelling of OpenAPI. */
function changingRoutes(): string[] {
  const { router } = hub.app.getHttpAdapter().getInstance() as unknown as {
    router: {
      stack: readonly { route?: { path: string; methods: Readonly<Record<string, boolean>> } }[];
    };
  };
  return router.stack.flatMap(({ route }) => {
    if (route === undefined) return [];
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    const methods = Object.keys(route.methods).filter((method) => !/^(get|head)$/.test(method));
    return methods.map((method) => `${method} ${path.startsWith('/') ? '' : '/'}${path}`);
  });
}
