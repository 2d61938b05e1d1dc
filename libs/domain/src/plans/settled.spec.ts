import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonDigest } from '@apollo-deploy/kernel';
import {
  anEntity,
  aPlan,
  aProduct,
  aRecall,
  aRelease,
  aReportedRelease,
  aRollbackDemand,
} from '../testing.js';
import { type DesiredState, HEALTHS, type ReportedState, type Values } from '../catalog/entity.js';
import { runningVersion } from '../catalog/running-version.js';
import { selectTarget } from '../catalog/select-target.js';
import type { Hold } from '../holds/hold.js';
import type { AutomaticSuppression } from '../suppressions/automatic-suppression.js';
import { contentKey } from './plan.js';
import { OPEN_PLAN_STATES } from './plan-lifecycle.js';
import { contentOf } from './plan-content.js';
import { proposeFor, proposePlan } from './propose-plan.js';
import type { EntityFacts, Proposal } from './proposal.js';

const AT = '2026-01-05T08:30:00.000Z';
const RELEASES = ['1.0.0', '1.1.0', '1.2.0'].map((version) => aRelease(version));
const CHANNEL = new Set(['1.0.0', '1.1.0']);
const VALUES: Values = { replicas: 2 };

/** What is most often so, and so that the properties see it, or something else. */
function mostly<T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
}

const version = fc.constantFrom('1.0.0', '1.1.0', '1.2.0');
const digest = fc.constantFrom(VALUES, {}).map(jsonDigest);
const release = fc.record({
  helmStatus: mostly(
    'deployed',
    fc.constantFrom('failed', 'pending-upgrade', 'uninstalling', 'uninstalled', 'superseded'),
  ),
  revision: fc.integer({ min: 1, max: 2 }),
  version: mostly('1.1.0', fc.oneof(version, fc.constant('latest'))),
  valuesDigest: mostly(jsonDigest(VALUES), digest),
  health: mostly('Healthy' as const, fc.constantFrom(...HEALTHS)),
  drifted: mostly(false, fc.constant(true)),
});
const reported: fc.Arbitrary<ReportedState | undefined> = mostly<ReportedState | undefined | null>(
  null,
  fc.constantFrom({ at: AT, release: null }, undefined),
).chain((given) =>
  given !== null
    ? fc.constant(given)
    : fc
        .record({ head: release, deployed: fc.option(version, { freq: 5, nil: undefined }) })
        .map(({ head, deployed }) => ({
          at: AT,
          release: aReportedRelease({
            ...head,
            ...(deployed !== undefined && { deployed: { revision: 1, version: deployed } }),
          }),
        })),
);
const desired = mostly<DesiredState>(
  { channel: 'dev' },
  fc.oneof(
    fc.constantFrom<DesiredState>({ absent: true }, { range: '~1.1.0' }, { range: '>2.0.0' }),
    version.map((one) => ({ version: one })),
  ),
);
const hold: fc.Arbitrary<Hold> = fc
  .record({ at: fc.option(version, { nil: undefined }), until: fc.constantFrom('newer', 'lifted') })
  .map(({ at, until }) => ({
    ...{
      id: 'hold-1',
      entity: 'aria-dev',
      until,
      reason: 'slow',
      cause: 'person',
      by: 'sre',
      at: AT,
    },
    ...(at !== undefined && {
      fixes: {
        version: at,
        chartSha256: aRelease(at).chart.sha256,
        values: VALUES,
        valuesDigest: jsonDigest(VALUES),
      },
    }),
    above: { version: '1.0.0', valuesDigest: jsonDigest(VALUES) },
  }));
const suppression: fc.Arbitrary<AutomaticSuppression> = fc
  .constantFrom('1.1.0', '1.2.0')
  .map((failed) => ({
    ...{ id: 'suppression-1', entity: 'aria-dev', environment: 'dev', from: AT, until: AT },
    ...{ failures: 1, planId: 'plan-1', reason: 'it failed', contentKey: keyOf(failed) },
  }));
const openPlan = fc
  .record({ state: fc.constantFrom(...OPEN_PLAN_STATES), forced: fc.boolean() })
  .map(aPlan);

function keyOf(wanted: string): string {
  const facts = { entity: anEntity({ values: VALUES }), product: aProduct() };
  return contentKey(
    contentOf(facts, { type: 'config_update', target: aRelease(wanted), reported: null }),
  );
}

const situations: fc.Arbitrary<EntityFacts> = fc
  .record({
    desired,
    reported,
    values: mostly(VALUES, fc.constant({})),
    recalled: mostly<string | undefined>(undefined, version),
    openPlan: mostly<EntityFacts['openPlan']>(undefined, openPlan),
    hold: mostly<Hold | undefined>(undefined, hold),
    suppression: mostly<AutomaticSuppression | undefined>(undefined, suppression),
    demand: mostly(false, fc.constant(true)),
    failed: mostly<string | undefined>(undefined, version),
    standing: fc.boolean(),
  })
  .map((given) => ({
    entity: anEntity({ desired: given.desired, values: given.values }),
    product: aProduct(),
    candidates: {
      releases: RELEASES,
      channelVersions: CHANNEL,
      objections: () => [],
      ...(given.recalled !== undefined && { recalls: [aRecall({ range: given.recalled })] }),
      ...floorOf(given.reported),
    },
    declines:
      given.failed === undefined
        ? []
        : [
            {
              ...{ entity: 'aria-dev', contentKey: keyOf(given.failed), planId: 'plan-1' },
              ...{ by: 'spoke dev', at: AT, why: 'failed', failures: 1, standing: given.standing },
            },
          ],
    ...(given.reported !== undefined && { reported: given.reported }),
    ...(given.openPlan !== undefined && { openPlan: given.openPlan }),
    ...(given.hold !== undefined && { hold: given.hold }),
    ...(given.suppression !== undefined && { suppression: given.suppression }),
    ...(given.demand && { rollbackDemand: aRollbackDemand() }),
  }));

function floorOf(state: ReportedState | undefined): { readonly floor?: string } {
  const floor = runningVersion(state?.release ?? null);
  return floor === undefined ? {} : { floor };
}

/** Nothing is taken for granted. */
function inFull(facts: EntityFacts, force: boolean): Proposal {
  return proposeFor(selectTarget(facts.entity.desired, facts.candidates), facts, { force });
}

function running(name: string): EntityFacts {
  return {
    entity: anEntity({ name }),
    product: aProduct(),
    candidates: {
      releases: RELEASES,
      channelVersions: CHANNEL,
      objections: () => [],
      floor: '1.1.0',
    },
    declines: [],
    reported: { at: AT, release: aReportedRelease({ version: '1.1.0' }) },
  };
}

describe('an entity that is settled', () => {
  it('is answered as by looking at everything, whatever is known of it', () => {
    fc.assert(
      fc.property(situations, fc.boolean(), (facts, force) => {
        expect(proposePlan(facts, { force })).toEqual(inFull(facts, force));
      }),
      { numRuns: 3000 },
    );
  });

  it('is as common in that property as it has to be', () => {
    const seen = fc.sample(situations, 1000).filter((facts) => {
      const answer = proposePlan(facts);
      return answer.kind === 'nothing' && Object.isFrozen(answer);
    });
    expect(seen.length).toBeGreaterThan(30);
  });

  it('shares its answer with all that run the same', () => {
    const answers = Array.from({ length: 1000 }, (_, index) =>
      proposePlan(running(`aria-${String(index)}`)),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatchObject({ code: 'up_to_date', why: '1.1.0 runs as desired' });
  });
});
