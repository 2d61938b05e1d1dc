import { describe, expect, it } from '@jest/globals';
import { jsonDigest } from '@apollo-deploy/kernel';
import {
  aBaseline,
  anEntity,
  aPlan,
  aPlanContent,
  aProduct,
  aRelease,
  aReportedRelease,
  aRollbackDemand,
} from '../testing.js';
import { contentKey } from './plan.js';
import { proposePlan } from './propose-plan.js';
import { runningContent } from './running-content.js';
import type { EntityFacts } from './proposal.js';

const AT = '2026-01-05T08:30:00.000Z';

function facts(change: Partial<EntityFacts> = {}): EntityFacts {
  return {
    entity: anEntity(),
    product: aProduct(),
    candidates: {
      releases: [aRelease('1.0.0'), aRelease('1.1.0'), aRelease('2.0.0')],
      channelVersions: new Set(['1.0.0', '1.1.0']),
      objections: () => [],
    },
    reported: { at: AT, release: aReportedRelease({ version: '1.1.0', revision: 2 }) },
    declines: [],
    ...change,
  };
}

const demand = aRollbackDemand({ reason: 'plan plan-2 failed (unhealthy): it crashes' });

describe('a demanded rollback', () => {
  it('is proposed to exactly its content, with the reason', () => {
    const proposal = proposePlan(facts({ rollbackDemand: demand }));
    expect(proposal.kind === 'plan' && proposal.plan).toEqual({
      type: 'rollback',
      content: aPlanContent({
        type: 'rollback',
        base: { revision: 2, releaseDigest: aReportedRelease().releaseDigest },
        chart: demand.to.chart,
        valuesDigest: jsonDigest({ replicas: 2 }),
      }),
      contentKey: demand.to.contentKey,
      values: { replicas: 2 },
      from: { version: '1.1.0', revision: 2 },
      to: { version: '1.0.0' },
      reason: 'plan plan-2 failed (unhealthy): it crashes; aria goes back to 1.0.0',
      passedOver: [],
      askedFor: false,
      restraints: {},
      planClass: 'automatic_rollback',
      rollbackOf: 'plan-2',
    });
  });

  const declined = {
    entity: 'aria-dev',
    contentKey: demand.to.contentKey,
    planId: 'plan-0',
    by: 'dev-operator',
    at: AT,
    why: 'was cancelled',
    failures: 1,
    standing: true,
  };
  it.each([
    { name: 'a newer version is wanted', given: {} },
    {
      name: 'an older version is wanted',
      given: { entity: anEntity({ desired: { version: '1.0.0' } }) },
    },
    {
      name: 'nothing is wanted',
      given: { entity: anEntity({ desired: { absent: true as const } }) },
    },
    { name: 'no release matches', given: { entity: anEntity({ desired: { range: '>9' } }) } },
    { name: 'its content was declined', given: { declines: [declined] } },
    {
      name: 'the release has failed',
      given: { reported: { at: AT, release: aReportedRelease({ helmStatus: 'failed' }) } },
    },
    { name: 'another plan waits', given: { openPlan: aPlan({ state: 'BLOCKED' }) } },
  ])('goes before everything else: $name', ({ given }) => {
    expect(proposePlan(facts({ rollbackDemand: demand, ...given }))).toMatchObject({
      kind: 'plan',
      plan: { type: 'rollback', to: { version: '1.0.0' } },
    });
  });

  const { reported: _, ...neverReported } = facts({ rollbackDemand: demand });
  it.each([
    { name: 'the spoke never reported', given: neverReported, code: 'no_report' },
    {
      name: 'a plan executes',
      given: facts({ openPlan: aPlan({ state: 'EXECUTING' }) }),
      code: 'in_progress',
    },
    {
      name: 'it is unknown what a plan did',
      given: facts({ openPlan: aPlan({ state: 'UNKNOWN' }) }),
      code: 'in_progress',
    },
    {
      name: 'a Helm operation holds the release',
      given: facts({
        reported: { at: AT, release: aReportedRelease({ helmStatus: 'pending-upgrade' }) },
      }),
      code: 'locked',
    },
  ])('waits while $name', ({ given, code }) => {
    expect(proposePlan({ ...given, rollbackDemand: demand })).toMatchObject({
      kind: 'nothing',
      code,
    });
  });

  it('has nothing to go back from where nothing is installed', () => {
    const given = facts({ rollbackDemand: demand, reported: { at: AT, release: null } });
    expect(proposePlan(given)).toMatchObject({ plan: { type: 'install' } });
  });
});

describe('a version below what runs', () => {
  it('is gone back to if a person named it, with the values of now', () => {
    const entity = anEntity({ desired: { version: '1.0.0' }, values: { replicas: 5 } });
    expect(proposePlan(facts({ entity }))).toMatchObject({
      kind: 'plan',
      plan: {
        type: 'rollback',
        planClass: 'ordinary',
        reason: 'aria is pinned to 1.0.0; 1.1.0 runs',
        from: { version: '1.1.0', revision: 2 },
        to: { version: '1.0.0' },
        values: { replicas: 5 },
        content: { type: 'rollback', valuesDigest: jsonDigest({ replicas: 5 }) },
      },
    });
  });

  it.each([
    { name: 'that content succeeded there', change: {}, expected: 'requested_rollback' },
    { name: 'other values did', change: { values: { replicas: 4 } }, expected: 'ordinary' },
    {
      name: 'another version did',
      change: { desired: { version: '1.0.9' } },
      expected: 'ordinary',
    },
    { name: 'it takes over what somebody made', change: { adopt: true }, expected: 'ordinary' },
  ])('is for its plan $expected where $name', ({ change, expected }) => {
    const releases = [aRelease('1.0.0'), aRelease('1.0.9'), aRelease('1.1.0')];
    const { name, version, sha256 } = aRelease('1.0.0').chart;
    const was = aPlanContent({
      chart: { name, version, sha256 },
      valuesDigest: jsonDigest({ replicas: 2 }),
    });
    const entity = anEntity({
      ...{ desired: { version: '1.0.0' }, values: { replicas: 2 } },
      ...change,
    });
    const there = aReportedRelease({ version: '1.1.0', unmanaged: true });
    const given = facts({
      entity,
      candidates: { releases, channelVersions: new Set(), objections: () => [] },
      reported: { at: AT, release: there },
      succeeded: [aBaseline({ contentKey: contentKey(was) })],
    });
    expect(proposePlan(given)).toMatchObject({
      kind: 'plan',
      plan: { type: 'rollback', planClass: expected },
    });
  });

  it('rolls back the plan that brought what runs, if one did', () => {
    const entity = anEntity({ desired: { version: '1.0.0' } });
    const brought = aBaseline({ planId: 'plan-5', version: '1.1.0', valuesDigest: jsonDigest({}) });
    const rollbackOf = (baseline: EntityFacts['baseline']): unknown => {
      const proposal = proposePlan(facts({ entity, ...(baseline && { baseline }) }));
      return proposal.kind === 'plan' ? proposal.plan.rollbackOf : proposal.code;
    };
    expect(rollbackOf(brought)).toBe('plan-5');
    expect(rollbackOf(aBaseline({ ...brought, version: '1.0.9' }))).toBeUndefined();
    expect(rollbackOf(aBaseline({ ...brought, valuesDigest: 'other' }))).toBeUndefined();
    expect(rollbackOf(undefined)).toBeUndefined();
  });

  it.each([
    { name: 'a channel', desired: { channel: 'dev' } },
    { name: 'a range', desired: { range: '<2' } },
  ])('is left alone if only $name says so, and the answer says how to go back', ({ desired }) => {
    const reported = { at: AT, release: aReportedRelease({ version: '2.0.0' }) };
    expect(proposePlan(facts({ entity: anEntity({ desired }), reported }))).toMatchObject({
      kind: 'nothing',
      code: 'target_below_reported',
      why: '2.0.0 runs and the target is 1.1.0; a channel or a range alone never goes down: pin the entity to version 1.1.0 to go back to it',
    });
  });
});

describe('a plan with the content that succeeded last', () => {
  const { chart } = aRelease('1.1.0');
  const baseline = aBaseline({
    planId: 'plan-5',
    version: '1.1.0',
    contentKey: contentKey(
      aPlanContent({ chart: { name: chart.name, version: chart.version, sha256: chart.sha256 } }),
    ),
  });
  const drifted = aReportedRelease({ version: '1.1.0', drifted: true, health: 'Missing' });

  it.each([
    { name: 'objects were deleted by hand', release: drifted, type: 'config_update' },
    { name: 'an older version was put there', release: aReportedRelease(), type: 'upgrade' },
    { name: 'the release was removed by hand', release: null, type: 'install' },
  ])('is a repair, whatever its type: $name', ({ release, type }) => {
    const proposal = proposePlan(facts({ baseline, reported: { at: AT, release } }));
    expect(proposal).toMatchObject({ plan: { type, planClass: 'repair', repairOf: 'plan-5' } });
  });

  it.each([
    { name: 'nothing succeeded yet', change: {} },
    { name: 'other values succeeded', change: { baseline: aBaseline({ contentKey: 'other' }) } },
  ])('is no repair if $name', ({ change }) => {
    const proposal = proposePlan(facts({ reported: { at: AT, release: drifted }, ...change }));
    expect(proposal.kind === 'plan' && proposal.plan).toMatchObject({ planClass: 'ordinary' });
    expect(proposal.kind === 'plan' && proposal.plan).not.toHaveProperty('repairOf');
  });

  it('is a repair of no plan if it was only observed', () => {
    const { planId: _, ...observed } = baseline;
    const given = facts({ baseline: observed, reported: { at: AT, release: drifted } });
    const proposal = proposePlan(given);
    expect(proposal).toMatchObject({ plan: { planClass: 'repair' } });
    expect(proposal.kind === 'plan' && proposal.plan).not.toHaveProperty('repairOf');
  });
});

describe('what runs as desired', () => {
  it('is named exactly, so that it can become a baseline', () => {
    const reported = { at: AT, release: aReportedRelease({ version: '1.1.0' }) };
    const { name, version, sha256 } = aRelease('1.1.0').chart;
    const chart = { name, version, sha256 };
    const given = facts({ reported });
    expect(runningContent(given, proposePlan(given))).toMatchObject({
      content: { chart, valuesDigest: jsonDigest({}) },
      values: {},
    });
  });
});
