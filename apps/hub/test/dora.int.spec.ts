import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Deployment } from '@apollo-deploy/domain';
import { aDeployment, aDeploymentTarget } from '@apollo-deploy/domain/testing';
import { aRelease } from '@apollo-deploy/orchestration/testing';
import { UlidIds } from '../src/platform/ulid-ids.js';
import { anAccount } from '../src/testing/account.js';
import { TestHub } from '../src/testing/test-hub.js';

const API = '/api/v1/analytics/dora';
const NONE = { noData: true, total: 0 };

/** Of the morning of 1 March; the clock of the hub stands at noon. */
function at(time: string): string {
  return `2026-03-01T${time}:00.000Z`;
}

function inProd(change: Partial<Deployment>): Deployment {
  const healthy = aDeploymentTarget({ entity: 'aria-prod', state: 'healthy', planId: 'plan-1' });
  return aDeployment({
    ...{ environment: 'prod', kind: 'promote', status: 'completed', fromVersion: '0.9.0' },
    ...{ toVersion: '1.0.0', targets: [healthy], ...change },
  });
}

describe('the DORA metrics of a hub', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await TestHub.start();
    for (const [name, tier] of [
      ['prod', 'production'],
      ['eu', 'production'],
      ['stage', 'staging'],
    ]) {
      const made = await hub.post('/api/v1/environments', { name, tier });
      expect(made.status).toBe(201);
    }
    await hub.store.transact(async (unit) => {
      await unit.releases.insert(
        aRelease({ product: 'aria', version: '1.0.0', createdAt: at('07:00') }),
      );
    });
  });
  afterAll(() => hub.stop());

  it('say that there is no data, and what would be', async () => {
    expect(await hub.get(API)).toMatchObject({
      status: 200,
      body: {
        ...{ from: '2026-01-31', to: '2026-03-02', asOf: at('12:00') },
        ...{ rules: 'dora/1', attributionHours: 24, noData: true, services: [] },
        counts: 'only deployments by the pipeline (POST /deploy, /promote, /hotfix, /rollback)',
      },
    });
  });

  it.each([
    { query: 'environment=stage', field: 'environment', says: 'an environment of tier production' },
    { query: 'environment=moon', field: 'environment', says: 'an environment of tier production' },
    { query: 'from=yesterday', field: 'from', says: 'a UTC day such as' },
    { query: 'from=2025-01-01&to=2026-03-01', field: 'from', says: '2025-01-25 or later' },
    { query: 'by=type', field: 'by', says: 'environment' },
  ])('refuse $query, and name the field', async ({ query, field, says }) => {
    expect(await hub.get(`${API}?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'http/invalid_request', field, detail: expect.stringContaining(says) },
    });
  });

  it('tell of each service in each environment what counts, with its rows', async () => {
    await hub.store.transact(async (unit) => {
      for (const deployment of [
        inProd({ id: 'first', deployedAt: at('08:00'), endedAt: at('08:30') }),
        inProd({
          ...{ id: 'fix', kind: 'hotfix', fromVersion: '1.0.0', toVersion: '1.0.1' },
          ...{ deployedAt: at('09:00'), endedAt: at('09:30') },
        }),
        inProd({
          ...{ id: 'idle', targets: [aDeploymentTarget({ state: 'healthy' })] },
          ...{ deployedAt: at('10:00'), endedAt: at('10:30') },
        }),
        inProd({
          ...{ id: 'turned-down', environment: 'eu', status: 'failed', targets: [] },
          ...{ deployedAt: at('10:00'), endedAt: at('10:30') },
        }),
        inProd({ id: 'staged', environment: 'stage', endedAt: at('10:30') }),
      ]) {
        expect(await unit.deployments.insert(deployment)).toMatchObject({ ok: true });
      }
    });
    const { status, body } = await hub.get(`${API}?from=2026-03-01&to=2026-03-02`);
    expect(status).toBe(200);
    const duration = { ...NONE, medianSeconds: null, p90Seconds: null, intervals: [] };
    const rate = { ...NONE, rate: null, of: 0, deployments: [] };
    expect(body['noData']).toBe(false);
    expect(body['services']).toEqual([
      {
        ...{ service: 'aria', environment: 'eu' },
        leadTime: { ...duration, from: 'release registration', unknown: 0 },
        deploymentFrequency: { ...NONE, perDay: null, deployments: [] },
        changeFailRate: { ...rate, provisional: false },
        failedDeploymentRecoveryTime: { ...duration, notRecovered: { total: 0, deployments: [] } },
        deploymentReworkRate: rate,
        excluded: { aborted: 1 },
      },
      {
        ...{ service: 'aria', environment: 'prod' },
        leadTime: {
          ...{ noData: false, total: 1, medianSeconds: 5400, p90Seconds: 5400 },
          ...{ from: 'release registration', unknown: 1 },
          intervals: [
            {
              ...{ deployment: 'first', from: at('07:00'), to: at('08:30') },
              begins: 'release_registered',
            },
          ],
        },
        deploymentFrequency: {
          ...{ noData: false, total: 2, perDay: 2, deployments: ['fix', 'first'] },
        },
        changeFailRate: {
          ...{ noData: false, total: 1, of: 2, rate: 0.5, deployments: ['first'] },
          ...{ provisional: true, provisionalUntil: '2026-03-02T09:30:00.000Z' },
        },
        failedDeploymentRecoveryTime: {
          ...{ noData: false, total: 1, medianSeconds: 1800, p90Seconds: 1800 },
          intervals: [
            {
              ...{ deployment: 'first', from: at('09:00'), to: at('09:30') },
              begins: 'intervention_asked',
            },
          ],
          notRecovered: { total: 0, deployments: [] },
        },
        deploymentReworkRate: {
          ...{ noData: false, total: 1, of: 2, rate: 0.5, deployments: ['fix'] },
        },
        excluded: { no_change: 1 },
      },
    ]);
    const { body: one } = await hub.get(`${API}?environment=eu&service=aria`);
    expect(one['services']).toMatchObject([{ environment: 'eu' }]);

    const { store, clock } = hub;
    const context = { store, clock, ids: new UlidIds(), startedAt: clock.now() };
    const grants = [{ environment: 'eu', roles: ['viewer'] }] as const;
    const headers = await anAccount(context, 'eve', { grants });
    const { body: seen } = await hub.get(API, headers);
    expect(seen['services']).toMatchObject([{ environment: 'eu' }]);
    const answers = await Promise.all(
      ['prod', 'moon'].map((name) => hub.get(`${API}?environment=${name}`, headers)),
    );
    expect(answers.map(({ status }) => status)).toEqual([400, 400]);
  });
});
