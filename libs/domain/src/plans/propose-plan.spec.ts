import { describe, expect, it } from '@jest/globals';
import { jsonDigest } from '@apollo-deploy/kernel';
import {
  anEntity,
  aPlan,
  aPlanContent,
  aProduct,
  aRecall,
  aRelease,
  aReportedRelease,
} from '../testing.js';
import type { ReportedState } from '../catalog/entity.js';
import type { Decline } from './decline.js';
import { contentKey, PLAN_TYPES } from './plan.js';
import { proposePlan } from './propose-plan.js';
import type { EntityFacts } from './proposal.js';
import { PLAN_TYPE_RULES } from './types/index.js';
import type { Situation } from './types/plan-type-rule.js';

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
    reported: { at: AT, release: null },
    declines: [],
    ...change,
  };
}

function running(change: Parameters<typeof aReportedRelease>[0] = {}): ReportedState {
  return { at: AT, release: aReportedRelease(change) };
}

const neverReported = (({ reported: _, ...rest }) => rest)(facts());

describe('the proposal for an entity', () => {
  it.each([
    {
      name: 'nothing is there and a release should be',
      given: facts(),
      type: 'install',
      from: null,
      to: '1.1.0',
    },
    {
      name: 'an older version runs',
      given: facts({ reported: running({ version: '1.0.0', revision: 4 }) }),
      type: 'upgrade',
      from: { version: '1.0.0', revision: 4 },
      to: '1.1.0',
    },
    {
      name: 'the right version runs with other values',
      given: facts({
        entity: anEntity({ values: { replicas: 2 } }),
        reported: running({ version: '1.1.0' }),
      }),
      type: 'config_update',
      from: { version: '1.1.0', revision: 1 },
      to: '1.1.0',
    },
    {
      name: 'an object of the right version was deleted by hand',
      given: facts({ reported: running({ version: '1.1.0', drifted: true, health: 'Missing' }) }),
      type: 'config_update',
      from: { version: '1.1.0', revision: 1 },
      to: '1.1.0',
    },
    {
      name: 'the first install failed and nothing was ever deployed',
      given: facts({
        reported: running({ version: '1.1.0', helmStatus: 'failed', health: 'Degraded' }),
      }),
      type: 'install',
      from: { version: '1.1.0', revision: 1 },
      to: '1.1.0',
    },
    {
      name: 'the first install failed, or its removal did, and what should run is well all the same',
      given: facts({ reported: running({ version: '1.1.0', helmStatus: 'failed' }) }),
      type: 'config_update',
      from: { version: '1.1.0', revision: 1 },
      to: '1.1.0',
    },
    {
      name: 'the first install of an older version failed, and what it brought is starting',
      given: facts({
        reported: running({ version: '1.0.0', helmStatus: 'failed', health: 'Progressing' }),
      }),
      type: 'upgrade',
      from: { version: '1.0.0', revision: 1 },
      to: '1.1.0',
    },
    {
      name: 'an upgrade failed and the version before it is still deployed',
      given: facts({
        reported: running({
          version: '1.1.0',
          revision: 2,
          helmStatus: 'failed',
          deployed: { revision: 1, version: '1.0.0' },
        }),
      }),
      type: 'upgrade',
      from: { version: '1.1.0', revision: 2 },
      to: '1.1.0',
    },
    {
      name: 'Helm died after it had set the old revision aside and before the new one was deployed',
      given: facts({
        reported: running({ version: '1.1.0', revision: 2, helmStatus: 'failed' }),
      }),
      type: 'config_update',
      from: { version: '1.1.0', revision: 2 },
      to: '1.1.0',
    },
    {
      name: 'a change of values failed part-way on the right version',
      given: facts({
        reported: running({
          version: '1.1.0',
          revision: 2,
          helmStatus: 'failed',
          deployed: { revision: 1, version: '1.1.0' },
        }),
      }),
      type: 'config_update',
      from: { version: '1.1.0', revision: 2 },
      to: '1.1.0',
    },
    {
      name: 'it should be absent and is installed',
      given: facts({
        entity: anEntity({ desired: { absent: true } }),
        reported: running({ version: '1.1.0' }),
      }),
      type: 'uninstall',
      from: { version: '1.1.0', revision: 1 },
      to: null,
    },
    {
      name: 'it should be absent and an uninstall was interrupted',
      given: facts({
        entity: anEntity({ desired: { absent: true } }),
        reported: running({ version: '1.1.0', helmStatus: 'uninstalling' }),
      }),
      type: 'uninstall',
      from: { version: '1.1.0', revision: 1 },
      to: null,
    },
    {
      name: 'only the history of an uninstalled release is there',
      given: facts({ reported: running({ version: '1.1.0', helmStatus: 'uninstalled' }) }),
      type: 'install',
      from: null,
      to: '1.1.0',
    },
    {
      name: 'a range allows more than the channel',
      given: facts({ entity: anEntity({ desired: { range: '>=1.0.0' } }) }),
      type: 'install',
      from: null,
      to: '2.0.0',
    },
    {
      name: 'a version is pinned',
      given: facts({ entity: anEntity({ desired: { version: '1.0.0' } }) }),
      type: 'install',
      from: null,
      to: '1.0.0',
    },
  ])('is $type when $name', ({ given, type, from, to }) => {
    const proposal = proposePlan(given);
    expect(proposal.kind === 'plan' && proposal.plan).toMatchObject({
      type,
      from,
      to: to === null ? null : { version: to },
    });
  });

  it.each([
    { name: 'the spoke never reported', given: neverReported, code: 'no_report' },
    {
      name: 'a plan is executing',
      given: facts({ openPlan: aPlan({ state: 'EXECUTING' }) }),
      code: 'in_progress',
    },
    {
      name: 'the outcome of a plan is unknown',
      given: facts({ openPlan: aPlan({ state: 'UNKNOWN' }) }),
      code: 'in_progress',
    },
    {
      name: 'the target runs as desired',
      given: facts({ reported: running({ version: '1.1.0' }) }),
      code: 'up_to_date',
    },
    {
      name: 'the target is still starting',
      given: facts({ reported: running({ version: '1.1.0', health: 'Progressing' }) }),
      code: 'up_to_date',
    },
    {
      name: 'the target runs and is ill',
      given: facts({ reported: running({ version: '1.1.0', health: 'Degraded' }) }),
      code: 'unhealthy',
    },
    {
      name: 'a newer version than the channel brings runs',
      given: facts({ reported: running({ version: '2.0.0' }) }),
      code: 'target_below_reported',
    },
    {
      name: 'it is absent, as desired',
      given: facts({ entity: anEntity({ desired: { absent: true } }) }),
      code: 'absent_as_desired',
    },
    {
      name: 'the channel is empty',
      given: facts({
        entity: anEntity({ desired: { channel: 'stable' } }),
        candidates: { releases: [], channelVersions: new Set<string>(), objections: () => [] },
      }),
      code: 'no_target',
    },
    {
      name: 'somebody else upgrades it just now',
      given: facts({ reported: running({ helmStatus: 'pending-upgrade' }) }),
      code: 'locked',
    },
    {
      name: 'somebody else uninstalls what should be there',
      given: facts({ reported: running({ helmStatus: 'uninstalling' }) }),
      code: 'locked',
    },
  ])('is nothing ($code) when $name', ({ given, code }) => {
    expect(proposePlan(given)).toMatchObject({ kind: 'nothing', code });
  });

  it.each([{ helmStatus: 'pending-upgrade' }, { helmStatus: 'uninstalling' }])(
    'says what ends a lock that nobody holds any more: $helmStatus',
    ({ helmStatus }) => {
      expect(proposePlan(facts({ reported: running({ helmStatus, revision: 3 }) }))).toMatchObject({
        code: 'locked',
        why: `revision 3 is ${helmStatus}: a Helm operation is at work on it or died there; evaluated when that changes; if no helm runs any more, roll it back or uninstall it by hand`,
      });
    },
  );

  it.each([
    { name: 'to an older release', strategy: 'downgrade', target: '1.0.0', type: 'rollback' },
    { name: 'to a newer release', strategy: 'forward', target: '2.0.0', type: 'upgrade' },
  ] as const)('leaves what is recalled as a roll-off, $name', ({ strategy, target, type }) => {
    const given = facts({ entity: anEntity({ desired: { range: '*' } }) });
    const proposal = proposePlan({
      ...given,
      candidates: {
        ...given.candidates,
        recalls: [aRecall({ range: '1.1.0', strategy })],
        floor: '1.1.0',
      },
      reported: running({ version: '1.1.0' }),
    });
    expect(proposal.kind === 'plan' && proposal.plan).toMatchObject({
      type,
      to: { version: target },
      content: { type, chart: { version: target } },
      planClass: 'roll_off',
    });
  });

  it('names the base, the chart by digest and the values by digest', () => {
    const reported = running({ revision: 7, releaseDigest: 'd'.repeat(64) });
    const entity = anEntity({ values: { replicas: 3 } });
    const proposal = proposePlan(facts({ entity, reported }));
    expect(proposal.kind === 'plan' && proposal.plan.content).toEqual({
      entity: 'aria-dev',
      spoke: 'dev',
      namespace: 'aria',
      releaseName: 'aria',
      type: 'upgrade',
      base: { revision: 7, releaseDigest: 'd'.repeat(64) },
      chart: { name: 'aria', version: '1.1.0', sha256: aRelease('1.1.0').chart.sha256 },
      valuesDigest: jsonDigest({ replicas: 3 }),
      strategy: 'rolling',
      rolloutTimeoutSeconds: 300,
    });
  });

  it('names no chart and no values when something is to be removed', () => {
    const proposal = proposePlan(
      facts({ entity: anEntity({ desired: { absent: true } }), reported: running() }),
    );
    expect(proposal.kind === 'plan' && proposal.plan.content).toMatchObject({
      chart: null,
      valuesDigest: null,
    });
  });
});

describe('declined content', () => {
  const install = aPlanContent({
    chart: { name: 'aria', version: '1.1.0', sha256: aRelease('1.1.0').chart.sha256 },
  });
  const decline: Decline = {
    entity: 'aria-dev',
    contentKey: contentKey(install),
    planId: 'plan-9',
    by: 'spoke dev',
    at: AT,
    why: 'failed (unhealthy): pod aria-1 is in CrashLoopBackOff',
    failures: 1,
    standing: true,
  };

  it('is not proposed again, and the answer says which plan failed and why', () => {
    expect(proposePlan(facts({ declines: [decline] }))).toMatchObject({
      kind: 'nothing',
      code: 'declined',
      why: `aria 1.1.0 should run and is not installed, but plan plan-9 with the same content failed (unhealthy): pod aria-1 is in CrashLoopBackOff (spoke dev, ${AT}); change it, or evaluate with force`,
    });
  });

  it.each([
    { name: 'the values change', given: { entity: anEntity({ values: { replicas: 2 } }) } },
    {
      name: 'another version is wanted',
      given: { entity: anEntity({ desired: { version: '1.0.0' } }) },
    },
    {
      name: 'it only counts a failure',
      given: { declines: [{ ...decline, standing: false }] },
    },
    {
      name: 'its plan is open because a person asked',
      given: { openPlan: aPlan({ content: install }) },
    },
  ])('is proposed when $name', ({ given }) => {
    expect(proposePlan(facts({ declines: [decline], ...given })).kind).toBe('plan');
  });

  it('that failed and runs is tried again until it is Healthy, even while it seems to be starting', () => {
    const failure = { ...decline, standing: false };
    const of = (health: 'Progressing' | 'Healthy'): string => {
      const reported = running({ version: '1.1.0', health });
      const proposal = proposePlan(facts({ declines: [failure], reported }));
      return proposal.kind === 'nothing' ? proposal.code : proposal.plan.reason;
    };
    expect(of('Progressing')).toBe(
      'aria 1.1.0 runs as desired, is Progressing, and the last plan with it failed',
    );
    expect(of('Healthy')).toBe('up_to_date');
  });

  it('is proposed when a person asks', () => {
    expect(proposePlan(facts({ declines: [decline] }), { force: true }).kind).toBe('plan');
  });

  it('is the same content whatever the type and base of the plan', () => {
    const again = {
      ...install,
      type: 'upgrade' as const,
      base: { revision: 2, releaseDigest: 'x' },
    };
    expect(contentKey(again)).toBe(contentKey(install));
  });
});

describe('plan types', () => {
  it('never answer a situation twice', () => {
    const targets = [null, aRelease('1.1.0')];
    const statuses = ['deployed', 'failed', 'superseded', 'uninstalling'];
    for (const target of targets) {
      for (const [forced, pinned, adopts] of [
        [false, false, false],
        [true, false, true],
        [false, true, true],
        [true, true, false],
      ] as const)
        for (const comparison of ['absent', 'older', 'same', 'newer'] as const) {
          for (const reported of [
            null,
            ...statuses.map((helmStatus) => aReportedRelease({ helmStatus })),
          ]) {
            for (const targetValuesDigest of [jsonDigest({}), jsonDigest({ a: 1 })]) {
              const situation: Situation = {
                product: 'aria',
                target,
                targetValuesDigest,
                reported,
                comparison,
                pinned,
                adopts,
                forced,
                failed: !forced,
              };
              const answers = PLAN_TYPES.filter(
                (type) => PLAN_TYPE_RULES[type].propose(situation) !== undefined,
              );
              expect(answers.length).toBeLessThanOrEqual(1);
            }
          }
        }
    }
  });
});
