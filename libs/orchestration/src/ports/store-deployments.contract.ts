import { describe, expect, it } from '@jest/globals';
import type { Deployment } from '@apollo-deploy/domain';
import { aDeployment } from '@apollo-deploy/domain/testing';
import { pagesOfTwo } from './pages-of-two.contract.js';
import type { Store } from './store.js';

const NOON = '2026-01-05T12:00:00.000Z';
const ENDED = {
  status: 'completed',
  endedAt: '2026-01-05T09:00:20.500Z',
  durationSeconds: 20.5,
} as const;

const EVERYTHING = aDeployment({
  kind: 'promote',
  status: 'rolled_back',
  wish: { channel: 'dev' },
  fromVersion: '1.0.0',
  deployedByKind: 'machine',
  reason: 'é, 🚀, "quotes" and a \n line',
  notes: 'rolled back: aria-dev: it was not healthy',
  rollbackVersion: '1.0.0',
  endedAt: '2026-01-05T09:00:20.500Z',
  durationSeconds: 20.5,
  steps: [
    { status: 'pending', at: '2026-01-05T09:00:00.000Z' },
    { status: 'rolled_back', at: '2026-01-05T09:00:20.500Z' },
  ],
  targets: [
    {
      entity: 'aria-dev',
      spoke: 'dev',
      wave: 0,
      state: 'rolled_back',
      startedAt: '2026-01-05T09:00:00.000Z',
      before: { range: '^1' },
      planId: 'plan-1',
      looks: [{ at: '2026-01-05T09:00:10.000Z', healthy: false, detail: 'it is Degraded' }],
      wentBackTo: '1.0.0',
      note: 'it was not healthy',
    },
    { entity: 'aria-2', spoke: 'two', wave: 1, state: 'waiting', before: null, looks: [] },
  ],
  backup: 'kept',
  supersededBy: 'deploy_2',
  proof: {
    environment: 'dev',
    deploymentId: 'deploy_0',
    planIds: ['plan-0'],
    version: '1.1.0',
    chartSha256: 'c'.repeat(64),
    valuesDigests: { 'aria-dev': 'v'.repeat(64) },
    healthySince: '2026-01-05T08:00:00.000Z',
    at: NOON,
  },
  breakGlass: 'glass-1',
  breakGlassGrant: { waives: ['window'], until: NOON, refused: 'ann may not waive that' },
  backPortedAt: NOON,
  takenBackAt: NOON,
});

const ids = (deployments: readonly Deployment[]) => deployments.map(({ id }) => id);

export function describeStoredDeployments(store: () => Store): void {
  const insert = (...deployments: readonly Deployment[]) =>
    store().transact(async (unit) => {
      for (const deployment of deployments) {
        const inserted = await unit.deployments.insert(deployment);
        if (!inserted.ok) throw new Error(`the place of ${deployment.id} is taken`);
      }
    });
  const get = (id: string) => store().transact((unit) => unit.deployments.get(id));
  const save = (deployment: Deployment) =>
    store().transact((unit) => unit.deployments.save(deployment));
  const atDev = () =>
    store().transact((unit) =>
      unit.deployments.underWayAt([
        { service: 'aria', environment: 'dev' },
        { service: 'web', environment: 'nowhere' },
      ]),
    );

  describe('deployments', () => {
    it.each([
      { name: 'as they were asked for', deployment: aDeployment() },
      { name: 'with every field, and any text as their reason', deployment: EVERYTHING },
    ])('are kept $name', async ({ deployment }) => {
      await insert(deployment);
      expect(await get(deployment.id)).toStrictEqual(deployment);
      expect(await get('deploy_2')).toBeUndefined();
    });

    it('are written over only by who knows what they write over', async () => {
      await insert(aDeployment());
      const next = aDeployment({ ...ENDED });
      expect(await save(next)).toEqual({ ok: true, value: { ...next, version: 2 } });
      const conflict = { ok: false, error: { code: 'version_conflict' } };
      expect(await save(aDeployment())).toEqual(conflict);
      expect(await save(aDeployment({ id: 'unknown' }))).toEqual(conflict);
      expect(await get(next.id)).toStrictEqual({ ...next, version: 2 });
    });

    it('are under way one at a time in a place, with one behind it', async () => {
      await insert(
        aDeployment({ id: 'ended', ...ENDED }),
        aDeployment({ id: 'first' }),
        aDeployment({ id: 'second', queued: true }),
        aDeployment({ id: 'elsewhere', environment: 'staging' }),
        aDeployment({ id: 'other', service: 'web' }),
      );
      for (const queued of [false, true]) {
        const beside = aDeployment({ id: 'third', queued });
        const refused = await store().transact((unit) => unit.deployments.insert(beside));
        expect(refused).toEqual({ ok: false, error: { code: 'already_exists' } });
      }
      expect(ids(await atDev())).toEqual(['first', 'second']);
    });

    it('make room when they end, and the one behind takes it', async () => {
      await insert(aDeployment({ id: 'first' }), aDeployment({ id: 'second', queued: true }));
      await save(aDeployment({ id: 'first', ...ENDED }));
      await save(aDeployment({ id: 'second' }));
      await insert(aDeployment({ id: 'third', queued: true }));
      expect(ids(await atDev())).toEqual(['second', 'third']);
    });

    it('are found while they are under way, in the order of their ids', async () => {
      await insert(
        aDeployment({ id: 'c' }),
        aDeployment({ id: 'b', service: 'web' }),
        aDeployment({ id: 'a', environment: 'staging' }),
        aDeployment({ id: 'ended', ...ENDED }),
      );
      const pages = await store().transact((unit) =>
        pagesOfTwo((page) => unit.deployments.underWay(page)),
      );
      expect(pages.map(ids)).toEqual([['a', 'b'], ['c']]);
    });

    it('owe a back-port where they are hotfixes that completed and were neither brought back nor taken back', async () => {
      const hotfix = { kind: 'hotfix', ...ENDED } as const;
      await insert(
        aDeployment({ id: 'c', ...hotfix }),
        aDeployment({ id: 'a', ...hotfix, environment: 'prod' }),
        aDeployment({ id: 'brought', ...hotfix, backPortedAt: NOON }),
        aDeployment({ id: 'gone', ...hotfix, takenBackAt: NOON }),
        aDeployment({ id: 'failed', ...hotfix, status: 'failed' }),
        aDeployment({ id: 'ordinary', ...ENDED }),
        aDeployment({ id: 'other', ...hotfix, service: 'web' }),
        aDeployment({ id: 'under-way', kind: 'hotfix' }),
      );
      const owing = await store().transact((unit) => unit.deployments.owingBackPort('aria'));
      expect(ids(owing)).toEqual(['a', 'c']);
    });

    it('name the services that owe a back-port, each once', async () => {
      const hotfix = { kind: 'hotfix', ...ENDED } as const;
      await insert(
        aDeployment({ id: 'b', ...hotfix, service: 'web' }),
        aDeployment({ id: 'a', ...hotfix }),
        aDeployment({ id: 'c', ...hotfix }),
        aDeployment({ id: 'brought', ...hotfix, service: 'api', backPortedAt: NOON }),
        aDeployment({ id: 'gone', ...hotfix, service: 'mail', takenBackAt: NOON }),
        aDeployment({ id: 'ordinary', ...ENDED, service: 'db' }),
      );
      const owing = () => store().transact((unit) => unit.deployments.servicesOwingBackPort());
      expect(await owing()).toEqual(['aria', 'web']);
      await save(aDeployment({ id: 'b', ...hotfix, service: 'web', backPortedAt: NOON }));
      expect(await owing()).toEqual(['aria']);
    });

    it('are found as the newest of a service in each environment', async () => {
      const later = '2026-01-05T10:00:00.000Z';
      await insert(
        aDeployment({ id: 'z', ...ENDED }),
        aDeployment({ id: 'a', ...ENDED, deployedAt: later }),
        aDeployment({ id: 'b', ...ENDED, deployedAt: later }),
        aDeployment({ id: 'p', environment: 'prod' }),
        aDeployment({ id: 'other', service: 'web', deployedAt: later }),
      );
      const newest = async (filter: object) =>
        ids(
          await store().transact((unit) =>
            unit.deployments.newestOfEach({ service: 'aria', ...filter }),
          ),
        );
      expect(await newest({})).toEqual(['b', 'p']);
      expect(await newest({ environments: ['prod', 'x'] })).toEqual(['p']);
      expect(await newest({ environments: [] })).toEqual([]);
      expect(await newest({ environment: 'dev' })).toEqual(['b']);
      expect(await newest({ service: 'x' })).toEqual([]);
    });

    it.each([
      {
        name: 'all',
        filter: {},
        count: 4,
        expected: [
          ['d', 'c'],
          ['b', 'a'],
        ],
      },
      {
        name: 'of a service',
        filter: { service: 'aria' },
        count: 3,
        expected: [['d', 'b'], ['a']],
      },
      { name: 'of an environment', filter: { environment: 'prod' }, count: 1, expected: [['b']] },
      {
        name: 'of these environments',
        filter: { service: 'aria', environments: ['prod', 'x'] },
        count: 1,
        expected: [['b']],
      },
      { name: 'of no environment', filter: { environments: [] }, count: 0, expected: [[]] },
      {
        name: 'in a status',
        filter: { status: 'completed' as const },
        count: 1,
        expected: [['d']],
      },
      {
        name: 'asked for from an instant on, and before another one',
        filter: {
          environments: ['dev', 'prod'],
          askedFrom: '2026-01-05T08:00:00.000Z',
          askedBefore: NOON,
        },
        count: 2,
        expected: [['b', 'a']],
      },
      {
        name: 'asked for after an instant',
        filter: { askedFrom: '2026-01-05T08:00:00.001Z' },
        count: 3,
        expected: [['d', 'c'], ['b']],
      },
      { name: 'of an unknown service', filter: { service: 'x' }, count: 0, expected: [[]] },
    ])(
      'are counted, and listed newest first in pages: $name',
      async ({ filter, count, expected }) => {
        await insert(
          aDeployment({ id: 'd', deployedAt: NOON, ...ENDED }),
          aDeployment({ id: 'a', deployedAt: '2026-01-05T08:00:00.000Z' }),
          aDeployment({ id: 'c', deployedAt: NOON, service: 'web' }),
          aDeployment({ id: 'b', environment: 'prod' }),
        );
        const pages = await store().transact((unit) =>
          pagesOfTwo((page) => unit.deployments.list(filter, page)),
        );
        expect(pages.map(ids)).toEqual(expected);
        expect(await store().transact((unit) => unit.deployments.count(filter))).toBe(count);
      },
    );
  });
}
