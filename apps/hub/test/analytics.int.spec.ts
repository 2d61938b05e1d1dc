import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TestHub } from '../src/testing/test-hub.js';
import { ProductionScene } from './support/production-scene.js';

// The clock of the hub stands on Sunday, 1 March 2026, at noon.
const EMPTY = { from: '2026-01-31', to: '2026-03-02', groups: [], violations: [] };

describe('the analytics of a hub whose plans have not ended', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await TestHub.start();
  });
  afterAll(() => hub.stop());

  it.each([
    { name: 'the last 30 days with today', query: '', expected: EMPTY },
    { name: 'every way to group', query: '?by=environment', expected: EMPTY },
    {
      name: 'a range of days',
      query: '?by=day&from=2026-02-01&to=2026-02-03',
      expected: { ...EMPTY, from: '2026-02-01', to: '2026-02-03' },
    },
    {
      name: 'the days that instants lie in',
      query: '?from=2026-02-01T10:00:00Z&to=2026-02-03T10:00:00Z',
      expected: { ...EMPTY, from: '2026-02-01', to: '2026-02-04' },
    },
  ])('say that there is no data, for $name', async ({ query, expected }) => {
    expect(await hub.get(`/api/v1/analytics/plans${query}`)).toMatchObject({
      status: 200,
      body: expected,
    });
  });

  it.each([
    { name: 'no way to group', query: 'by=owner', field: 'by', says: 'one of type, product' },
    { name: 'no day', query: 'from=yesterday', field: 'from', says: 'a UTC day such as' },
    { name: 'no text', query: 'from=2026-02-01&from=2026-02-02', field: 'from', says: 'a UTC day' },
    { name: 'an empty day', query: 'to=', field: 'to', says: 'a UTC day such as' },
    {
      name: 'the wrong order',
      query: 'from=2026-02-02&to=2026-02-01',
      field: 'to',
      says: 'a day after 2026-02-02',
    },
    {
      name: 'too many days',
      query: 'from=2025-01-01&to=2026-03-01',
      field: 'from',
      says: '2025-01-25 or later',
    },
    { name: 'a field nobody knows', query: 'limit=3', field: 'limit', says: 'by, from, to' },
  ])('refuse $name, and name the field', async ({ query, field, says }) => {
    expect(await hub.get(`/api/v1/analytics/plans?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'http/invalid_request', field, detail: expect.stringContaining(says) },
    });
  });
});

describe('the analytics of plans in production', () => {
  let scene: ProductionScene;
  beforeEach(async () => {
    scene = await ProductionScene.start();
  });
  afterEach(() => scene.stop());

  it('tell what a freeze cost, and how the plan ended', async () => {
    await scene.constrain('suppressions', {
      start: '2026-03-01T00:00:00Z',
      end: '2026-03-01T13:00:00Z',
      reason: 'Stock-taking',
    });
    await scene.want('aria', '1.1.0');
    const blocked = await scene.hub.get('/api/v1/analytics/plans?by=product');
    expect(blocked.body).toMatchObject({
      groups: [
        {
          key: 'aria',
          total: 0,
          successRate: null,
          rollbackRate: null,
          durationSeconds: null,
          waits: null,
          violations: [
            { code: 'approval', count: 1 },
            { code: 'suppression_window', count: 1 },
          ],
        },
      ],
      violations: [
        { code: 'approval', count: 1 },
        { code: 'suppression_window', count: 1 },
      ],
    });

    const offered = scene.offered();
    await scene.goTo('2026-03-01T13:00:00Z');
    const planId = await offered;
    await scene.goTo('2026-03-01T13:00:40Z');
    scene.spoke.say('plan.result', {
      planId,
      attempt: 1,
      at: '2026-03-01T13:00:40.000Z',
      result: { verdict: 'succeeded', message: 'all is well', evidence: {} },
    });
    await scene.spoke.caughtUp(1);
    const { body } = await scene.hub.get('/api/v1/analytics/plans?by=product');
    const [group] = body['groups'] as [{ durationSeconds: Record<string, number> }];
    expect(group).toMatchObject({
      key: 'aria',
      total: 1,
      succeeded: 1,
      failed: 0,
      rolledBack: 0,
      cancelled: 0,
      successRate: 1,
      rollbackRate: 0,
      breakGlassRate: 0,
      durationSeconds: { mean: 40 },
      waits: {
        other: 0,
        dependency: 0,
        approval: 0,
        window: 3600,
        queue: 0,
        start: 0,
        execution: 40,
      },
      // As soon as it was made, by the clock of this hub: nobody can have looked at it.
      approvals: [{ by: 'sre-1', count: 1, medianSeconds: 0 }],
    });
    expect(Math.abs(group.durationSeconds['p95']! - 40)).toBeLessThanOrEqual(0.8);
  });
});
