import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ProductionScene } from './support/production-scene.js';

// The clock of the hub stands on Sunday, 1 March 2026, at noon.
const HOLD = { entity: 'aria-prod', until: 'lifted', reason: 'the fair' };

describe('holds and automatic suppressions', () => {
  let scene: ProductionScene;
  beforeEach(async () => {
    scene = await ProductionScene.start();
  });
  afterEach(() => scene.stop());

  const entity = async () => (await scene.hub.get('/api/v1/entities/aria-prod')).body;

  /** The upgrade to 1.1.0 is offered and refused by the cluster. */
  async function failedUpgrade(): Promise<string> {
    await scene.want('aria', '1.1.0');
    const planId = await scene.offered();
    scene.spoke.say('plan.result', {
      planId,
      attempt: 1,
      at: '2026-03-01T12:00:00.000Z',
      result: {
        verdict: 'failed',
        outcome: 'refused',
        reason: 'Forbidden',
        message: 'the cluster forbids it',
        interrupted: false,
        evidence: {},
      },
    });
    await scene.spoke.caughtUp(1);
    await scene.tryAgain('aria-prod');
    return planId;
  }

  it('hold an entity at what runs, show it there, and let it go', async () => {
    const made = await scene.hub.post('/api/v1/holds', HOLD);
    expect(made).toMatchObject({
      status: 201,
      body: {
        ...HOLD,
        fixes: { version: '1.0.0' },
        cause: 'person',
        by: 'dev-operator',
        at: '2026-03-01T12:00:00.000Z',
      },
    });
    expect(made.body['fixes']).not.toHaveProperty('values');
    const path = `/api/v1/holds/${String(made.body['id'])}`;
    expect((await scene.hub.get('/api/v1/holds')).body).toEqual({ items: [made.body] });
    expect((await scene.hub.get(path)).body).toEqual(made.body);
    expect(await entity()).toMatchObject({
      status: 'held',
      why: expect.stringMatching(
        /^1\.0\.0 runs as desired; held: the fair \(dev-operator, until it is lifted\); DELETE \/api\/v1\/holds\/\S+ lifts it$/,
      ),
      hold: made.body,
    });

    expect((await scene.hub.send('DELETE', path)).status).toBe(204);
    expect(await entity()).not.toHaveProperty('hold');
    expect(await scene.hub.send('DELETE', path)).toMatchObject({
      status: 404,
      body: { code: 'hold/not_found' },
    });
    const audit = await scene.hub.get('/api/v1/audit?subject=entity/aria-prod');
    expect(audit.body['items']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: 'hold.add', actor: 'dev-operator' }),
        expect.objectContaining({ action: 'hold.end', actor: 'dev-operator' }),
      ]),
    );
  });

  it.each([
    { name: 'no entity', body: { until: 'lifted', reason: 'x' }, status: 400, field: 'entity' },
    {
      name: 'an entity that does not exist',
      body: { ...HOLD, entity: 'nobody' },
      status: 404,
      field: 'entity',
    },
    { name: 'no end', body: { ...HOLD, until: 'tomorrow' }, status: 400, field: 'until' },
    { name: 'no reason', body: { ...HOLD, reason: ' ' }, status: 400, field: 'reason' },
  ])('are refused with $name', async ({ body, status, field }) => {
    const refused = await scene.hub.post('/api/v1/holds', body);
    expect(refused.status).toBe(status);
    expect(JSON.stringify(refused.body)).toContain(`"${field}"`);
  });

  it('are one an entity', async () => {
    const { body } = await scene.hub.post('/api/v1/holds', HOLD);
    expect(await scene.hub.post('/api/v1/holds', HOLD)).toMatchObject({
      status: 409,
      body: { code: 'catalog/already_exists', data: { hold: body['id'] } },
    });
  });

  it('leave an entity alone after a failure, and say so wherever one looks', async () => {
    const failed = await failedUpgrade();
    const plan = await scene.plan();
    const message = `aria-prod is left alone until 2026-03-01T12:30:00.000Z because of plan ${failed} (refused: the cluster forbids it); then it is tried again`;
    expect(plan).toMatchObject({
      state: 'BLOCKED',
      violations: [{ code: 'automatic_suppression', message }],
    });
    expect(await scene.explain()).toEqual({
      state: 'BLOCKED',
      unmet: [
        {
          code: 'automatic_suppression',
          message,
          data: expect.objectContaining({ failures: 1, until: '2026-03-01T12:30:00.000Z' }),
          earliestAt: '2026-03-01T12:30:00.000Z',
          cure: expect.stringMatching(/DELETE \/api\/v1\/suppressions\/[0-9A-Z]{26}\)/),
        },
      ],
      earliestAt: '2026-03-01T12:30:00.000Z',
    });
    expect(await entity()).toMatchObject({
      status: 'suppressed',
      suppression: { source: 'automatic', end: '2026-03-01T12:30:00.000Z', planId: failed },
    });
  });

  it('list suppressions of both sources by id, in pages, and lift both', async () => {
    const freeze = await scene.constrain('suppressions', {
      start: '2026-04-01T00:00:00Z',
      end: '2026-04-02T00:00:00Z',
      reason: 'Quarter end',
    });
    await failedUpgrade();
    const last = await scene.constrain('suppressions', {
      start: '2026-05-01T00:00:00Z',
      end: '2026-05-02T00:00:00Z',
      reason: 'Labour day',
    });
    const all = (await scene.hub.get('/api/v1/suppressions')).body['items'];
    expect(all).toMatchObject([
      { id: freeze, source: 'person', reason: 'Quarter end' },
      {
        source: 'automatic',
        reason: 'refused: the cluster forbids it',
        scope: { entities: ['aria-prod'] },
        hard: false,
        start: '2026-03-01T12:00:00.000Z',
        end: '2026-03-01T12:30:00.000Z',
        failures: 1,
        createdBy: 'engine',
      },
      { id: last, source: 'person' },
    ]);
    const seen: unknown[] = [];
    let after = '';
    for (;;) {
      const { body } = await scene.hub.get(`/api/v1/suppressions?limit=1${after}`);
      const { items, next } = body as { items: readonly unknown[]; next?: string };
      seen.push(...items);
      if (next === undefined) break;
      after = `&after=${next}`;
    }
    expect(seen).toEqual(all);

    const offered = scene.offered();
    for (const { id } of all as readonly { id: string }[]) {
      expect((await scene.hub.send('DELETE', `/api/v1/suppressions/${id}`)).status).toBe(204);
    }
    expect(await offered).toBe((await scene.plan())['id']);
    expect((await scene.hub.get('/api/v1/suppressions')).body).toEqual({ items: [] });
  });
});
