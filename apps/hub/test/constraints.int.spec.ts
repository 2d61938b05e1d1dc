import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TestHub } from '../src/testing/test-hub.js';
import { ProductionScene } from './support/production-scene.js';

// The clock of the hub stands on Sunday, 1 March 2026, at noon; 7 March is a Saturday.
const SATURDAYS = {
  name: 'saturdays',
  cron: '0 2 * * 6',
  durationHours: 4,
  environments: ['prod'],
};
const FREEZE = {
  start: '2026-03-01T00:00:00Z',
  end: '2026-03-09T00:00:00Z',
  reason: 'Quarter end',
};
const NOT_ARIA = {
  name: 'not aria',
  kind: 'rule',
  spec: {
    message: 'aria stays where it is',
    when: { fact: 'product.name', operator: 'ne', value: 'aria' },
  },
};

describe('an upgrade in production', () => {
  let scene: ProductionScene;
  beforeEach(async () => {
    scene = await ProductionScene.start();
  });
  afterEach(() => scene.stop());

  it('goes at once where nothing speaks against it', async () => {
    await scene.want('aria', '1.1.0');
    expect(await scene.offered()).toBe((await scene.plan())['id']);
  });

  it('is blocked by a window that is shut, and goes when it opens', async () => {
    await scene.constrain('schedules', SATURDAYS);
    await scene.want('aria', '1.1.0');
    const plan = await scene.plan();
    expect(plan).toMatchObject({
      type: 'upgrade',
      state: 'BLOCKED',
      violations: [
        {
          code: 'maintenance_window',
          message:
            'the environment maintenance windows are shut; "saturdays" opens next, at 2026-03-07T02:00:00.000Z',
          data: { nextOpen: '2026-03-07T02:00:00.000Z' },
          recheckAt: '2026-03-07T02:00:00.000Z',
        },
      ],
    });

    const offered = scene.offered();
    await scene.goTo('2026-03-07T02:00:00Z');
    expect(await offered).toBe(plan['id']);
  });

  it('is blocked by a suppression with its reason, and goes when it is lifted', async () => {
    const id = await scene.constrain('suppressions', {
      ...FREEZE,
      scope: { tiers: ['production'] },
    });
    await scene.want('aria', '1.1.0');
    const plan = await scene.plan();
    expect(plan).toMatchObject({
      state: 'BLOCKED',
      violations: [
        {
          code: 'suppression_window',
          message: 'changes are suppressed until 2026-03-09T00:00:00.000Z: Quarter end',
          data: { id, reason: 'Quarter end', name: `Quarter end (${id})` },
        },
      ],
    });

    expect((await scene.hub.send('DELETE', `/api/v1/suppressions/${id}`)).status).toBe(204);
    expect(await scene.offered()).toBe(plan['id']);
  });

  it('is blocked by what it needs with both versions, and goes when that is there', async () => {
    await scene.want('aria', '2.0.0');
    const plan = await scene.plan();
    expect(plan).toMatchObject({
      state: 'BLOCKED',
      passedOver: [],
      violations: [
        {
          code: 'dependency_version',
          message: 'aria 2.0.0 needs base ^2.0.0; base-prod runs 1.5.0',
          data: { range: '^2.0.0', version: '1.5.0' },
        },
      ],
    });

    await scene.report({ aria: '1.0.0', base: '2.0.0' });
    expect(await scene.offered()).toBe(plan['id']);
  });

  it('is blocked by a rule of the operators, and goes without it', async () => {
    const id = await scene.constrain('constraints', NOT_ARIA);
    await scene.want('aria', '1.1.0');
    const plan = await scene.plan();
    expect(await scene.explain()).toEqual({
      state: 'BLOCKED',
      unmet: [
        {
          code: 'rule',
          message: 'not aria: aria stays where it is',
          data: { rule: 'not aria' },
          cure: expect.stringContaining('DELETE /api/v1/constraints/{id}'),
        },
      ],
    });

    expect((await scene.hub.send('DELETE', `/api/v1/constraints/${id}`)).status).toBe(204);
    expect(await scene.offered()).toBe(plan['id']);
  });

  it('is told all that blocks it at once, and the earliest instant of each and of all', async () => {
    const windows = await scene.constrain('schedules', SATURDAYS);
    const freeze = await scene.constrain('suppressions', FREEZE);
    await scene.want('aria', '2.0.0');
    const nextOpen = '2026-03-14T02:00:00.000Z';
    expect(await scene.explain()).toEqual({
      state: 'BLOCKED',
      unmet: [
        {
          code: 'dependency_version',
          message: 'aria 2.0.0 needs base ^2.0.0; base-prod runs 1.5.0',
          data: { product: 'base', range: '^2.0.0', entity: 'base-prod', version: '1.5.0' },
          cure: expect.any(String),
        },
        {
          code: 'suppression_window',
          message: `changes are suppressed until 2026-03-09T00:00:00.000Z: Quarter end; then it is still shut (the environment maintenance windows are shut), and all is open together at ${nextOpen}`,
          data: expect.objectContaining({ id: freeze, nextOpen, reason: 'Quarter end' }),
          earliestAt: '2026-03-09T00:00:00.000Z',
          cure: expect.any(String),
        },
        {
          code: 'maintenance_window',
          message:
            'the environment maintenance windows are shut; "saturdays" opens next, at 2026-03-07T02:00:00.000Z',
          data: expect.objectContaining({ id: windows, nextOpen, name: 'saturdays' }),
          earliestAt: '2026-03-07T02:00:00.000Z',
          cure: expect.any(String),
        },
      ],
    });

    // Wanted too: a pin below what runs would be gone back to, and no window holds that.
    await scene.want('base', '2.0.0');
    await scene.report({ aria: '1.0.0', base: '2.0.0' });
    expect(await scene.explain()).toMatchObject({
      unmet: [{ code: 'suppression_window' }, { code: 'maintenance_window' }],
      earliestAt: '2026-03-14T02:00:00.000Z',
    });

    await scene.hub.send('DELETE', `/api/v1/suppressions/${freeze}`);
    expect(await scene.explain()).toMatchObject({
      unmet: [{ code: 'maintenance_window' }],
      earliestAt: '2026-03-07T02:00:00.000Z',
    });

    const offered = scene.offered();
    await scene.goTo('2026-03-07T02:00:00Z');
    expect(await offered).toBe((await scene.plan())['id']);
    expect(await scene.explain()).toEqual({ state: 'EXECUTING', unmet: [] });
  });

  it('that was offered is taken back by a suppression, and blocked', async () => {
    await scene.want('aria', '1.1.0');
    const planId = await scene.offered();
    await scene.constrain('suppressions', FREEZE);
    const { p } = await scene.spoke.next('plan.cancel');
    expect(p.planId).toBe(planId);
    scene.spoke.say('plan.result', {
      planId,
      attempt: 1,
      at: '2026-03-01T12:00:00.000Z',
      result: {
        verdict: 'declined',
        reason: 'cancelled',
        message: 'cancelled before Helm began',
        evidence: {},
      },
    });
    await scene.spoke.caughtUp(1);
    await scene.hub.post('/api/v1/evaluations', { entity: 'aria-prod' });
    expect((await scene.hub.get(`/api/v1/plans/${planId}`)).body).toMatchObject({
      state: 'CANCELLED',
      cancelReason: 'withdrawn',
    });
    expect(await scene.plan()).toMatchObject({ state: 'BLOCKED' });
  });
});

describe('constraints', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await TestHub.start();
    await hub.post('/api/v1/environments', { name: 'prod', tier: 'production' });
  });
  afterAll(() => hub.stop());

  it('have kinds, each with the schema of its spec', async () => {
    const { status, body } = await hub.get('/api/v1/constraint-kinds');
    expect(status).toBe(200);
    const kinds = body as unknown as readonly { builtIn: boolean }[];
    expect(kinds.filter(({ builtIn }) => !builtIn)).toMatchObject([
      { kind: 'maintenance_window', schema: { type: 'object', required: ['layer', 'cron'] } },
      { kind: 'suppression_window', schema: { anyOf: [{ type: 'object' }, { type: 'object' }] } },
      { kind: 'soak', schema: { type: 'object', required: ['minutes'] } },
      { kind: 'backup', schema: { type: 'object', properties: {} } },
      { kind: 'rule', schema: { type: 'object', required: ['message', 'when'] } },
    ]);
    expect(kinds).toContainEqual(expect.objectContaining({ kind: 'health', builtIn: true }));
  });

  it('are shown, listed by kind and page, and removed', async () => {
    const scope = { environments: ['prod'], planTypes: ['upgrade'], labels: { team: 'web' } };
    const made = await hub.post('/api/v1/constraints', { ...NOT_ARIA, scope });
    const { id } = made.body;
    expect(made).toMatchObject({
      status: 201,
      body: {
        ...NOT_ARIA,
        id: expect.stringMatching(/^[0-9A-Z]{26}$/),
        scope,
        createdBy: 'dev-operator',
        createdAt: '2026-03-01T12:00:00.000Z',
        version: 1,
      },
    });
    expect((await hub.get(`/api/v1/constraints/${String(id)}`)).body).toEqual(made.body);
    const schedule = await hub.post('/api/v1/schedules', SATURDAYS);
    expect((await hub.get('/api/v1/constraints?kind=rule')).body).toEqual({ items: [made.body] });
    const first = await hub.get('/api/v1/constraints?limit=1');
    expect(first.body).toMatchObject({ items: [{ id }], next: expect.any(String) });
    const second = await hub.get(`/api/v1/constraints?limit=1&after=${String(first.body['next'])}`);
    expect(second.body).toMatchObject({ items: [{ id: schedule.body['id'] }] });

    const gone = await hub.send('DELETE', `/api/v1/constraints/${String(id)}`);
    expect(gone).toMatchObject({ status: 204, body: { text: '' } });
    for (const method of ['GET', 'DELETE']) {
      expect(await hub.send(method, `/api/v1/constraints/${String(id)}`)).toMatchObject({
        status: 404,
        body: { code: 'constraint/not_found' },
      });
    }
    await hub.send('DELETE', `/api/v1/schedules/${String(schedule.body['id'])}`);
  });

  it('are suppressions, once or recurring, with their fields', async () => {
    const once = await hub.post('/api/v1/suppressions', { ...FREEZE, hard: true, name: 'audit' });
    expect(once).toMatchObject({
      status: 201,
      body: { ...FREEZE, hard: true, name: 'audit', scope: {} },
    });
    const nightly = { cron: '0 2 * * *', durationMinutes: 30, reason: 'Backups' };
    const recurring = await hub.post('/api/v1/suppressions', {
      ...nightly,
      timezone: 'Europe/London',
      cancelActive: false,
    });
    const { id, ...body } = recurring.body;
    expect(body).toEqual({
      ...nightly,
      timezone: 'Europe/London',
      source: 'person',
      hard: false,
      ended: false,
      name: `Backups (${String(id)})`,
      scope: {},
      createdBy: 'dev-operator',
      createdAt: '2026-03-01T12:00:00.000Z',
      version: 1,
    });
    const list = await hub.get('/api/v1/suppressions');
    expect(list.body).toEqual({ items: [once.body, recurring.body] });
    expect((await hub.send('DELETE', `/api/v1/schedules/${String(id)}`)).status).toBe(404);
    for (const one of [once, recurring]) {
      const { status } = await hub.send('DELETE', `/api/v1/suppressions/${String(one.body['id'])}`);
      expect(status).toBe(204);
    }
    expect((await hub.get('/api/v1/suppressions')).body).toEqual({ items: [] });
  });

  it('are schedules of environments', async () => {
    const made = await hub.post('/api/v1/schedules', SATURDAYS);
    const { id, ...body } = made.body;
    expect(body).toEqual({
      ...SATURDAYS,
      layer: 'environment',
      timezone: 'UTC',
      scope: { environments: ['prod'] },
      createdBy: 'dev-operator',
      createdAt: '2026-03-01T12:00:00.000Z',
      version: 1,
    });
    expect((await hub.get('/api/v1/schedules')).body).toEqual({ items: [made.body] });
    const taken = await hub.post('/api/v1/schedules', SATURDAYS);
    expect(taken).toMatchObject({
      status: 409,
      body: { code: 'catalog/already_exists', field: 'name' },
    });
    expect((await hub.send('DELETE', `/api/v1/suppressions/${String(id)}`)).status).toBe(404);
    expect((await hub.send('DELETE', `/api/v1/schedules/${String(id)}`)).status).toBe(204);
  });

  it.each([
    {
      name: 'a kind nobody knows',
      path: 'constraints',
      body: { ...NOT_ARIA, kind: 'moon_phase' },
      field: 'kind',
      saying: 'maintenance_window, suppression_window, soak, backup, rule',
    },
    {
      name: 'no name',
      path: 'constraints',
      body: { ...NOT_ARIA, name: undefined },
      field: 'name',
      saying: 'name is missing',
    },
    {
      name: 'a name too long',
      path: 'constraints',
      body: { ...NOT_ARIA, name: 'x'.repeat(101) },
      field: 'name',
      saying: 'accepted are 1 to 100',
    },
    {
      name: 'a spec that is no object',
      path: 'constraints',
      body: { ...NOT_ARIA, spec: [] },
      field: 'spec',
      saying: 'GET /api/v1/constraint-kinds',
    },
    {
      name: 'a spec without what its kind needs',
      path: 'constraints',
      body: { ...NOT_ARIA, kind: 'maintenance_window', spec: { layer: 'global' } },
      field: 'spec.cron',
      saying: 'spec.cron is missing',
    },
    {
      name: 'a cron expression that is none',
      path: 'constraints',
      body: {
        ...NOT_ARIA,
        kind: 'maintenance_window',
        spec: { layer: 'global', cron: '0 25 * * *', durationHours: 1 },
      },
      field: 'spec.cron',
      saying: 'hour "25"',
    },
    {
      name: 'a rule with a bad place deep inside',
      path: 'constraints',
      body: { ...NOT_ARIA, spec: { message: 'x', when: { all: [{ not: 'aria' }] } } },
      field: 'spec.when.all[0].not',
      saying: '{fact, operator, value}',
    },
    {
      name: 'a scope that is a list',
      path: 'constraints',
      body: { ...NOT_ARIA, scope: ['prod'] },
      field: 'scope',
      saying: 'an object with any of environments',
    },
    {
      name: 'a part of a scope nobody knows',
      path: 'constraints',
      body: { ...NOT_ARIA, scope: { environment: ['prod'] } },
      field: 'scope.environment',
      saying: 'accepted are environments, tiers',
    },
    {
      name: 'an end that is not after its start',
      path: 'suppressions',
      body: { ...FREEZE, end: FREEZE.start },
      field: 'end',
      saying: 'end is not after start',
    },
    {
      name: 'an instant that is none',
      path: 'suppressions',
      body: { ...FREEZE, start: 'tomorrow' },
      field: 'start',
      saying: 'start is "tomorrow"',
    },
    {
      name: 'a suppression without its time',
      path: 'suppressions',
      body: { reason: 'Audit' },
      field: 'start',
      saying: 'start is missing',
    },
    {
      name: 'a suppression with both kinds of time',
      path: 'suppressions',
      body: { ...FREEZE, cron: '0 2 * * *', durationMinutes: 30 },
      field: 'start',
      saying: 'accepted are',
    },
    {
      name: 'no reason',
      path: 'suppressions',
      body: { ...FREEZE, reason: ' ' },
      field: 'reason',
      saying: 'not blank',
    },
    {
      name: 'a scope of a suppression that is not usable',
      path: 'suppressions',
      body: { ...FREEZE, scope: { tiers: ['qa'] } },
      field: 'scope.tiers',
      saying: 'development, staging, production',
    },
    {
      name: 'a suppression that is over already',
      path: 'suppressions',
      body: { ...FREEZE, start: '2025-01-01T00:00:00Z', end: '2025-02-01T00:00:00Z' },
      field: 'end',
      saying: 'is past (it is 2026-03-01T',
    },
    {
      name: 'what runs to be cancelled too',
      path: 'suppressions',
      body: { ...FREEZE, cancelActive: true },
      field: 'cancelActive',
      saying: 'not supported yet',
    },
    {
      name: 'a schedule of no environments',
      path: 'schedules',
      body: { ...SATURDAYS, environments: [] },
      field: 'environments',
      saying: 'a list of 1 to 200',
    },
    {
      name: 'a schedule in a zone nobody knows',
      path: 'schedules',
      body: { ...SATURDAYS, timezone: 'Mars/Olympus' },
      field: 'timezone',
      saying: 'IANA',
    },
    {
      name: 'a schedule that lasts no whole minutes',
      path: 'schedules',
      body: { ...SATURDAYS, durationHours: 0.001 },
      field: 'durationHours',
      saying: 'whole minutes',
    },
    {
      name: 'a schedule with a bad cron expression',
      path: 'schedules',
      body: { ...SATURDAYS, cron: 'daily' },
      field: 'cron',
      saying: 'cron: ',
    },
    {
      name: 'a field nobody knows',
      path: 'schedules',
      body: { ...SATURDAYS, days: ['SAT'] },
      field: 'days',
      saying: 'accepted are name, cron',
    },
  ])('are refused for $name', async ({ path, body, field, saying }) => {
    const answer = await hub.post(`/api/v1/${path}`, body);
    expect(answer).toMatchObject({
      status: 400,
      body: { field, detail: expect.stringContaining(saying) },
    });
  });

  it.each([
    {
      name: 'an environment of a schedule',
      path: 'schedules',
      body: { ...SATURDAYS, environments: ['prod', 'moon'] },
      expected: { code: 'catalog/environment_not_found', field: 'environments' },
    },
    {
      name: 'a product of a suppression',
      path: 'suppressions',
      body: { ...FREEZE, scope: { products: ['nothing'] } },
      expected: { code: 'catalog/product_not_found', field: 'scope.products' },
    },
    {
      name: 'an entity of a rule',
      path: 'constraints',
      body: { ...NOT_ARIA, scope: { entities: ['nothing'] } },
      expected: { code: 'catalog/entity_not_found', field: 'scope.entities' },
    },
  ])('are refused for $name that does not exist', async ({ path, body, expected }) => {
    expect(await hub.post(`/api/v1/${path}`, body)).toMatchObject({ status: 404, body: expected });
  });

  it('are documented', async () => {
    const { body } = await hub.get('/api/openapi.json');
    const { paths } = body as { readonly paths: Readonly<Record<string, object>> };
    expect(paths['/api/v1/constraint-kinds']).toHaveProperty(
      ['get', 'responses', '200', 'content', 'application/json', 'schema', 'type'],
      'array',
    );
    expect(paths['/api/v1/constraints/{id}']).toHaveProperty(['delete', 'responses', '204']);
    expect(paths['/api/v1/suppressions']).toHaveProperty('post');
    expect(paths['/api/v1/schedules']).toHaveProperty('post');
  });
});
