import { describe, expect, it } from '@jest/globals';
import { jsonDigest, sha256Hex } from '@apollo-deploy/kernel';
import type { ReportedRelease } from '../catalog/entity.js';
import type { RunRecord } from '../runs/run-record.js';
import { aReportedRelease, aRunRecord } from '../testing.js';
import { type PromotionSource, proveSource, type SourceEntity } from './promotion-source.js';

const NOW = new Date('2026-01-05T12:00:00.000Z');
const NINE = '2026-01-05T09:00:00.000Z';
const TEN = '2026-01-05T10:00:00.000Z';
const SHA = sha256Hex('aria 1.0.0');
const COMPLETED = { id: 'deploy_1', toVersion: '1.0.0', chartSha256: SHA, skipped: [] };

interface Seen {
  readonly release?: Partial<ReportedRelease> | null;
  readonly run?: Partial<RunRecord>;
  readonly change?: Partial<SourceEntity>;
}

/** An entity that runs 1.0.0, brought by a plan and Healthy since nine. */
function seen(spoke: string, { release = {}, run = {}, change = {} }: Seen = {}): SourceEntity {
  const entity = `aria-${spoke}`;
  return {
    ...{ entity, spoke, heard: true },
    reported: { at: NINE, release: release && aReportedRelease(release) },
    runs: [aRunRecord({ entity, spoke, provenAt: NINE, healthySince: NINE, ...run })],
    ...change,
  };
}

function source(change: Partial<PromotionSource> = {}): PromotionSource {
  return { service: 'aria', environment: 'dev', entities: [seen('dev')], ...change };
}

const PROOF = {
  environment: 'dev',
  planIds: ['plan-1'],
  ...{ version: '1.0.0', chartSha256: SHA },
  valuesDigests: { 'aria-dev': jsonDigest({}) },
  ...{ healthySince: NINE, at: NOW.toISOString() },
};

describe('a service may be promoted from where', () => {
  it.each<{ name: string; given: Partial<PromotionSource>; expected: object }>([
    {
      name: 'what completed last runs, Healthy',
      given: { completed: COMPLETED },
      expected: { ...PROOF, deploymentId: 'deploy_1' },
    },
    { name: 'nothing was deployed, and a plan brought what runs', given: {}, expected: PROOF },
    {
      name: 'a newer version failed and was rolled back to it',
      given: {
        completed: COMPLETED,
        failed: { id: 'deploy_2', toVersion: '1.1.0', chartSha256: 'f'.repeat(64), skipped: [] },
      },
      expected: { ...PROOF, deploymentId: 'deploy_1' },
    },
    {
      name: 'two spokes run it, since it is Healthy on both',
      given: {
        entities: [
          seen('dev'),
          seen('dev-2', { run: { planId: 'plan-2', provenAt: TEN, healthySince: TEN } }),
        ],
      },
      expected: {
        ...PROOF,
        planIds: ['plan-1', 'plan-2'],
        valuesDigests: { 'aria-dev': jsonDigest({}), 'aria-dev-2': jsonDigest({}) },
        healthySince: TEN,
      },
    },
  ])('$name', ({ given, expected }) => {
    expect(proveSource(source(given), NOW)).toEqual({ ok: true, value: expected });
  });

  const OTHER = sha256Hex('aria 1.1.0');
  const gone: SourceEntity = { entity: 'aria-dev', spoke: 'dev', heard: true, runs: [] };
  it.each<{ name: string; given: Partial<PromotionSource>; because: readonly string[] }>([
    { name: 'it has no entity', given: { entities: [] }, because: ['aria is nowhere in dev'] },
    {
      name: 'its spoke is lost',
      given: { entities: [seen('dev', { change: { heard: false } })] },
      because: ['aria-dev: spoke dev is not heard'],
    },
    {
      name: 'one of two spokes is lost',
      given: { entities: [seen('dev'), seen('dev-2', { change: { heard: false } })] },
      because: ['aria-dev-2: spoke dev-2 is not heard'],
    },
    {
      name: 'the deployment passed over a spoke',
      given: { completed: { ...COMPLETED, skipped: ['dev-2'] } },
      because: ['deployment deploy_1 passed over spoke dev-2'],
    },
    {
      name: 'nobody has looked',
      given: { entities: [gone] },
      because: ['aria-dev: spoke dev has not reported it'],
    },
    {
      name: 'it is not installed',
      given: { entities: [seen('dev', { release: null })] },
      because: ['aria-dev: it is not installed'],
    },
    {
      name: 'its release failed',
      given: { entities: [seen('dev', { release: { helmStatus: 'failed' } })] },
      because: ['aria-dev: the release of 1.0.0 is failed'],
    },
    {
      name: 'it crashes',
      given: {
        entities: [seen('dev', { release: { health: 'Degraded', message: 'pod aria-1 crashes' } })],
      },
      because: ['aria-dev: 1.0.0 is Degraded (pod aria-1 crashes)'],
    },
    {
      name: 'somebody changed live objects',
      given: { entities: [seen('dev', { release: { drifted: true } })] },
      because: ['aria-dev: live objects differ from the release of 1.0.0'],
    },
    {
      name: 'another version runs than completed',
      given: {
        completed: COMPLETED,
        entities: [
          seen('dev', {
            release: { version: '1.1.0' },
            run: { version: '1.1.0', chartSha256: OTHER },
          }),
        ],
      },
      because: ['aria-dev: 1.1.0 runs, and 1.0.0 is what completed here last'],
    },
    {
      name: 'the same version of another chart was deployed',
      given: { completed: { ...COMPLETED, chartSha256: OTHER } },
      because: ['aria-dev: no plan to 1.0.0 has succeeded here and stayed Healthy since'],
    },
    {
      name: 'it turned Healthy without a plan that succeeded',
      given: { entities: [seen('dev', { change: { runs: [] } })] },
      because: ['aria-dev: no plan to 1.0.0 has succeeded here and stayed Healthy since'],
    },
    {
      name: 'the deployment that brought it did not complete',
      given: { failed: { ...COMPLETED, id: 'deploy_2' } },
      because: ['deployment deploy_2 to 1.0.0 did not complete'],
    },
    {
      name: 'others say that it is not well',
      given: { unhealthy: 'PANOPTES says: 3 of 10 requests fail' },
      because: ['PANOPTES says: 3 of 10 requests fail'],
    },
  ])('not if $name', ({ given, because }) => {
    expect(proveSource(source(given), NOW)).toEqual({
      ok: false,
      error: {
        code: 'promotion/source_not_healthy',
        detail: 'Service aria is not healthy in dev. Fix it before promoting.',
        field: 'from_env',
        data: { service: 'aria', environment: 'dev', because },
      },
    });
  });
});
