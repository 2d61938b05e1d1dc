import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestHub } from '../src/testing/test-hub.js';
import { ProductionScene } from './support/production-scene.js';

const ROUTE = '/api/v1/approval-gates/evaluate';
const BOTH = { requiredApprovers: 2, requiredRoles: ['sre', 'product-owner'], ttlHours: 24 };
const ANN = { by: 'ann', roles: ['sre', 'product-owner'] };
const BOB = { by: 'bob', roles: ['sre'] };
const UPGRADE = {
  environment: 'prod',
  tier: 'production',
  type: 'upgrade',
  product: 'aria',
  criticality: 'critical',
};

describe('POST /api/v1/approval-gates/evaluate', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await TestHub.start();
  });
  afterAll(() => hub.stop());

  const evaluate = (body: unknown) => hub.post(ROUTE, body);

  it('says who fills a gate, whoever came first', async () => {
    const answer = await evaluate({ gates: [BOTH], approvals: [ANN, BOB] });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      satisfied: true,
      gates: [
        {
          rule: 'gates[0]',
          level: 1,
          open: true,
          satisfied: true,
          requiredApprovers: 2,
          requiredRoles: ['sre', 'product-owner'],
          seats: [
            { role: 'sre', by: 'bob' },
            { role: 'product-owner', by: 'ann' },
          ],
          missing: [],
          missingApprovers: 0,
          wantedRoles: [],
          wantsAnybody: false,
          satisfiable: true,
          lacks: { roles: [], people: 0 },
          approvals: [
            {
              by: 'ann',
              roles: ['sre', 'product-owner'],
              expiresAt: '2026-03-02T12:00:00.000Z',
            },
            { by: 'bob', roles: ['sre'], expiresAt: '2026-03-02T12:00:00.000Z' },
          ],
          setAside: [],
        },
      ],
      violations: [],
      lapses: [],
    });
    const turned = await evaluate({ gates: [BOTH], approvals: [BOB, ANN] });
    expect(turned.body).toMatchObject({ satisfied: true });
  });

  it('says whom it waits for, and at once whom nobody can be', async () => {
    const alone = { gates: [BOTH], approvals: [ANN] };
    expect((await evaluate(alone)).body).toMatchObject({
      satisfied: false,
      gates: [
        {
          missing: ['product-owner'],
          missingApprovers: 1,
          wantedRoles: ['sre', 'product-owner'],
          satisfiable: true,
        },
      ],
      violations: [{ code: 'approval' }],
    });
    const people = [{ name: 'ann', roles: ANN.roles }];
    expect((await evaluate({ ...alone, people })).body).toMatchObject({
      satisfied: false,
      gates: [{ satisfiable: false, lacks: { roles: ['product-owner'], people: 1 } }],
      violations: [
        {
          code: 'gate_unsatisfiable',
          message: expect.stringContaining('nobody is left for product-owner'),
        },
      ],
    });
  });

  it('counts the roles that people have now, and leaves authors out', async () => {
    const people = [{ name: 'bob', roles: [] }];
    const given = { gates: [{ requiredRoles: ['sre'] }], approvals: [BOB] };
    expect((await evaluate(given)).body).toMatchObject({ satisfied: true });
    expect((await evaluate({ ...given, people })).body).toMatchObject({ satisfied: false });
    expect((await evaluate({ ...given, author: 'bob' })).body).toMatchObject({
      satisfied: false,
      gates: [
        {
          setAside: [
            {
              by: 'bob',
              because: 'author',
              message:
                'bob is the author, and authors do not count for rule gates[0]; somebody else has to approve',
            },
          ],
        },
      ],
    });
  });

  it('asks by the rules of a new hub, unless others are given', async () => {
    const names = async (body: object) => {
      const answer = await evaluate({ plan: UPGRADE, ...body });
      return (answer.body['gates'] as { rule: string }[]).map(({ rule }) => rule);
    };
    expect(await names({})).toEqual(['critical-production', 'production']);
    const rules = [
      { name: 'board', level: 2, requiredRoles: ['board'] },
      { name: 'safety', products: ['aria'], requiredRoles: ['safety', 'safety'] },
      { name: 'billing', products: ['billing'], requiredRoles: ['sre'] },
    ];
    expect(await names({ rules })).toEqual(['safety', 'board']);
  });

  it.each([
    {
      name: 'a rule is lacking in production',
      body: { plan: UPGRADE, rules: [] },
      expected: { satisfied: false, gates: [], violations: [{ code: 'no_approval_rule' }] },
    },
    {
      name: 'nobody has to be asked',
      body: { plan: { ...UPGRADE, tier: 'development' } },
      expected: { satisfied: true, free: 'no_rule', gates: [] },
    },
    {
      name: 'somebody only wants to go back',
      body: { plan: { ...UPGRADE, type: 'rollback', planClass: 'requested_rollback' } },
      expected: { satisfied: true, free: 'rollback' },
    },
    {
      name: 'it is urgent',
      body: { plan: { ...UPGRADE, planClass: 'hotfix' } },
      expected: { satisfied: false, waived: true },
    },
    {
      name: 'nobody answered, and others are asked',
      body: {
        gates: [{ requiredRoles: ['vp'], escalation: { afterHours: 4, roles: ['sre'] } }],
        approvals: [BOB],
        escalated: true,
      },
      expected: { satisfied: true },
    },
  ])('knows what holds where $name', async ({ body, expected }) => {
    expect((await evaluate(body)).body).toMatchObject(expected);
  });

  it('says which approvals lapse before the window opens', async () => {
    const answer = await evaluate({
      gates: [BOTH],
      approvals: [{ ...BOB, at: '2026-03-04T23:50:00Z' }],
      windows: [{ cron: '50 5 * * FRI', durationHours: 2 }],
      at: '2026-03-04T23:50:00Z',
    });
    expect(answer.body['lapses']).toEqual([
      {
        rule: 'gates[0]',
        by: 'bob',
        expiresAt: '2026-03-05T23:50:00.000Z',
        opensAt: '2026-03-06T05:50:00.000Z',
        message:
          'the approval of bob lapses at 2026-03-05T23:50:00.000Z, and the plan cannot begin before 2026-03-06T05:50:00.000Z; bob has to approve again shortly before that',
      },
    ]);
  });

  it('counts no approval that has lapsed by the instant that is asked about', async () => {
    const approvals = [{ ...BOB, at: '2026-03-01T12:00:00Z' }];
    const gates = [{ requiredRoles: ['sre'], ttlHours: 24 }];
    const at = (at: string) => evaluate({ gates, approvals, at });
    expect((await at('2026-03-02T11:59:59.999Z')).body).toMatchObject({ satisfied: true });
    expect((await at('2026-03-02T12:00:00Z')).body).toMatchObject({
      satisfied: false,
      gates: [{ setAside: [{ because: 'lapsed' }] }],
    });
  });

  it.each([
    { name: 'nothing asked about', body: {}, field: 'gates', saying: 'ask about gates alone' },
    {
      name: 'two things asked about',
      body: { gates: [], planId: 'x' },
      field: 'planId',
      saying: 'one of plan and planId',
    },
    {
      name: 'gates with rules',
      body: { gates: [], rules: [] },
      field: 'rules',
      saying: 'gates alone',
    },
    {
      name: 'a gate that asks nobody',
      body: { gates: [BOTH, { requiredRoles: [], requiredApprovers: 0 }] },
      field: 'gates[1].requiredApprovers',
      saying: 'gates[1]: requiredApprovers is 0; accepted is a whole number from 1 to 20',
    },
    {
      name: 'two rules of one name',
      body: {
        plan: UPGRADE,
        rules: [
          { name: 'x', requiredRoles: [] },
          { name: 'x', requiredRoles: [] },
        ],
      },
      field: 'rules[1].name',
      saying: 'give each its own',
    },
    {
      name: 'a rule by environment and tier',
      body: {
        plan: UPGRADE,
        rules: [{ name: 'x', requiredRoles: [], environment: 'prod', tier: 'production' }],
      },
      field: 'rules[0].tier',
      saying: 'exclude each other',
    },
    {
      name: 'a plan without a product',
      body: { plan: { ...UPGRADE, product: undefined } },
      field: 'plan.product',
      saying: 'plan: product is missing',
    },
    {
      name: 'an approval by nobody',
      body: { gates: [BOTH], approvals: [{ by: ' ', roles: [] }] },
      field: 'approvals[0].by',
      saying: 'the name of a person',
    },
    {
      name: 'a person without roles',
      body: { gates: [BOTH], people: [{ name: 'ann' }] },
      field: 'people[0].roles',
      saying: 'list the roles of the person, or []',
    },
    {
      name: 'too many gates',
      body: { gates: Array.from({ length: 21 }, () => BOTH) },
      field: 'gates',
      saying: 'at most 20',
    },
    {
      name: 'a window that is none',
      body: { gates: [BOTH], windows: [{ cron: 'x', durationHours: 1 }] },
      field: 'windows[0].cron',
      saying: 'five fields',
    },
  ])('refuses $name', async ({ body, field, saying }) => {
    expect(await evaluate(body)).toMatchObject({
      status: 400,
      body: { code: 'http/invalid_request', field, detail: expect.stringContaining(saying) },
    });
  });

  it('knows no plan that there is not', async () => {
    expect(await evaluate({ planId: 'nowhere' })).toMatchObject({
      status: 404,
      body: { code: 'plan/not_found' },
    });
  });

  it('is documented, and not by GET', async () => {
    const { body } = await hub.get('/api/openapi.json');
    expect(body['paths']).toHaveProperty([ROUTE, 'post', 'requestBody']);
    expect(body['paths']).not.toHaveProperty([ROUTE, 'get']);
    expect(body['components']).toHaveProperty('schemas.GateView.properties.satisfiable');
    expect(await hub.get(ROUTE)).toMatchObject({ status: 405 });
  });
});

describe('a plan that there is', () => {
  it('is judged by who has agreed to it, before and after it went, and says what lapses', async () => {
    const scene = await ProductionScene.start();
    try {
      const spec = { start: '2026-03-01T00:00:00Z', end: '2026-03-06T00:00:00Z', reason: 'Fair' };
      await scene.constrain('suppressions', { name: 'fair', ...spec });
      await scene.want('aria', '1.1.0');
      const { id, state } = await scene.plan();
      expect(state).toBe('BLOCKED');
      const judge = async (more: object = {}) =>
        (await scene.hub.post(ROUTE, { planId: id, ...more })).body;
      const agreed = {
        satisfied: true,
        gates: [{ approvals: [{ by: 'sre-1', roles: ['sre'] }], satisfiable: true }],
        lapses: [],
      };
      expect(await judge()).toMatchObject(agreed);
      const rule = { name: 'production', requiredRoles: ['sre'], ttlHours: 24 };
      expect(await judge({ rules: [rule], suppressions: [spec] })).toMatchObject({
        lapses: [{ by: 'sre-1', opensAt: '2026-03-06T00:00:00.000Z' }],
      });
      expect(await judge({ approvals: [] })).toMatchObject({ satisfied: false });
      await scene.goTo('2026-03-06T00:00:00.000Z');
      await scene.tryAgain('aria-prod');
      expect(await scene.plan()).toMatchObject({ id, state: 'EXECUTING' });
      expect(await judge()).toMatchObject(agreed);
    } finally {
      await scene.stop();
    }
  });

  it('is judged by what it is, with its authors left out', async () => {
    const scene = await ProductionScene.start();
    try {
      await scene.want('aria', '1.1.0');
      const { id } = await scene.plan();
      const approvals = [
        { by: 'dev-operator', roles: ['sre'] },
        { by: 'sre-1', roles: [] },
      ];
      const judge = async (people: readonly object[]) =>
        (await scene.hub.post(ROUTE, { planId: id, approvals, people })).body;
      expect(await judge([])).toMatchObject({
        satisfied: false,
        gates: [
          {
            rule: 'production',
            satisfiable: false,
            setAside: [
              {
                by: 'dev-operator',
                because: 'author',
                message: expect.stringContaining(
                  'dev-operator made the release and last edited what is desired',
                ),
              },
            ],
          },
        ],
      });
      expect(await judge([{ name: 'sre-1', roles: ['sre'] }])).toMatchObject({
        satisfied: true,
        gates: [{ seats: [{ role: 'sre', by: 'sre-1' }] }],
      });
    } finally {
      await scene.stop();
    }
  });
});
