import { describe, expect, it } from '@jest/globals';
import { aDeployment, aDeploymentTarget } from '../testing/deployments.js';
import type { DeploymentTarget } from './deployment.js';
import { type FollowedDeployment, followDeployment, type Move } from './follow-deployment.js';
import { lookedAtAgain } from './look-again.js';
import type { FollowedPlan, TargetFacts } from './target-facts.js';

const BEFORE = '2026-01-05T08:00:00.000Z';
const AT = '2026-01-05T09:00:00.000Z';
const LATER = '2026-01-05T09:00:07.500Z';
const WELL = { healthy: true, detail: '1.1.0 is deployed and Healthy' };
const SICK = { healthy: false, detail: '1.1.0 is deployed and Degraded' };
const good = (at: string) => ({ at, ...WELL });
const bad = (at: string) => ({ at, ...SICK });

const ill: TargetFacts = {
  ...{ spoke: 'heard', runsIt: false },
  health: { ...SICK, ill: true, heardAt: AT },
};
const well: TargetFacts = { spoke: 'heard', runsIt: true, health: WELL };
const PLAN: FollowedPlan = { id: 'plan-b', type: 'upgrade', state: 'BLOCKED', violations: [] };

/** Brought, and found healthy an hour ago. */
function found(change: Partial<DeploymentTarget> = {}): DeploymentTarget {
  const looks = [good(BEFORE), good(BEFORE), good(BEFORE)];
  return aDeploymentTarget({
    ...{ entity: 'a', spoke: 'one', state: 'healthy', planId: 'plan-a', looks },
    ...{ startedAt: BEFORE, before: { version: '1.0.0' } },
    ...change,
  });
}

const second = aDeploymentTarget({ entity: 'b', spoke: 'two', wave: 1 });
const begun: DeploymentTarget = {
  ...second,
  ...{ state: 'started', startedAt: BEFORE, before: { version: '1.0.0' } },
};

function follow(
  pairs: readonly (readonly [DeploymentTarget, TargetFacts])[],
  now = AT,
): FollowedDeployment {
  return followDeployment(aDeployment({ targets: pairs.map(([target]) => target) }), {
    ...{ now: new Date(now), settlingMs: 15_000 },
    targets: new Map(pairs.map(([{ entity }, facts]) => [entity, facts])),
  });
}

/** Where what was found healthy has gone ill, what the deployment has still to do. */
const MOMENTS: {
  readonly name: string;
  readonly other: readonly [DeploymentTarget, TargetFacts];
  /** What it does where all does well. */
  readonly else: Partial<Move>;
  /** What it does with the other once it is certain. */
  readonly stopped: Partial<Move>;
}[] = [
  {
    name: 'before the next wave begins',
    other: [second, well],
    else: { kind: 'start', entities: ['b'] },
    stopped: { kind: 'stop', entities: ['b'], state: 'not_started' },
  },
  {
    name: 'while plans of the next wave are held',
    other: [begun, { ...well, runsIt: false, plan: PLAN }],
    else: {
      kind: 'wait',
      for: [
        {
          ...{ entity: 'b', plan: 'plan-b', code: 'dispatch' },
          message: 'plan plan-b is about to go out',
        },
      ],
    },
    stopped: { kind: 'stop', entities: ['b'], state: 'not_started' },
  },
  {
    name: 'before it is completed',
    other: [found({ entity: 'b', spoke: 'two', wave: 1 }), well],
    else: { kind: 'end', status: 'completed' },
    stopped: { kind: 'wait', for: [{ code: 'rollback', message: 'a is being rolled back' }] },
  },
];

describe.each(MOMENTS)('what was found healthy and falls ill $name', (moment) => {
  it('is looked at again, and nothing else is done before that is decided', () => {
    const { deployment, move } = follow([[found(), ill], moment.other]);
    expect(deployment.targets[0]).toMatchObject({ state: 'deployed', looks: [], fellIllAt: AT });
    expect(move).toEqual({ kind: 'look', entities: ['a'] });
  });

  it('is waited for after one bad look, which says so', () => {
    const once = found({ state: 'deployed', looks: [bad(AT)], fellIllAt: AT });
    const { move } = follow([[once, ill], moment.other]);
    expect(move).toMatchObject({ kind: 'wait', until: LATER });
    expect(move.kind === 'wait' && move.for[0]).toEqual({
      ...{ entity: 'a', code: 'health' },
      message: `a was found healthy and has been ill since ${AT}: it is looked again how it does`,
    });
  });

  it('stops the deployment after two', () => {
    const twice = found({ state: 'deployed', looks: [bad(AT), bad(LATER)], fellIllAt: AT });
    const { move } = follow([[twice, ill], moment.other], LATER);
    expect(move).toEqual({ kind: 'take_back', entities: ['a'] });
    const back: TargetFacts = { ...ill, rollback: 'demanded' };
    const after = follow([[found({ state: 'rolling_back' }), back], moment.other], LATER);
    expect(after.move).toMatchObject(moment.stopped);
  });

  it('goes on where the looks after a bad one were good', () => {
    const looks = [bad(AT), good(LATER), good('2026-01-05T09:00:15.000Z')];
    const again = found({ state: 'deployed', looks, fellIllAt: AT });
    const { deployment, move } = follow([[again, well], moment.other]);
    expect(deployment.targets[0]).toEqual(found({ looks }));
    expect(move).toMatchObject(moment.else);
  });

  it.each<{ name: string; facts: Partial<TargetFacts> }>([
    { name: 'its spoke is not heard', facts: { spoke: 'silent' } },
    { name: 'its spoke is lost', facts: { spoke: 'lost' } },
    { name: 'somebody wants something else there by now', facts: { otherWishBy: 'bob' } },
    { name: 'a plan changes what runs', facts: { changedBy: 'plan-9' } },
    {
      name: 'it starts anew, and may become healthy',
      facts: { health: { healthy: false, progressing: true, detail: 'Progressing' } },
    },
    {
      name: 'nobody can tell how it does',
      facts: { health: { healthy: false, detail: '1.1.0 is deployed and Unknown' } },
    },
  ])('stays healthy where $name', ({ facts }) => {
    const { deployment, move } = follow([[found(), { ...ill, ...facts }], moment.other]);
    expect(deployment.targets[0]).toEqual(found());
    expect(move).toMatchObject(moment.else);
  });
});

describe('what is ill again when it was just found healthy', () => {
  it('is looked at once more, from the first look on, however often that is asked', () => {
    const looks = [bad(BEFORE), good(BEFORE), good(BEFORE)];
    const before = found({ state: 'deployed', looks, fellIllAt: BEFORE });
    const { deployment, move } = follow([[before, ill]]);
    const [target] = deployment.targets;
    expect(target).toEqual(found({ state: 'deployed', looks: [], fellIllAt: AT }));
    expect(move).toEqual({ kind: 'look', entities: ['a'] });
    expect(follow([[target ?? before, ill]], LATER).deployment.targets).toEqual([target]);
  });
});

describe('what a plan changes while it is being looked at', () => {
  it('is looked at once that has ended, and named meanwhile', () => {
    const target = found({ state: 'deployed', looks: [bad(AT)], fellIllAt: AT });
    expect(follow([[target, { ...ill, changedBy: 'plan-9' }]], LATER).move).toEqual({
      kind: 'wait',
      for: [
        {
          ...{ entity: 'a', code: 'executing', plan: 'plan-9' },
          message: `a was found healthy and has been ill since ${AT}: it is looked again how it does once plan plan-9, which is executing there, has ended`,
        },
      ],
    });
  });
});

describe('a target where nothing was changed, as it ran already', () => {
  it('says no more that it does well once it is ill', () => {
    const RAN_ALREADY = 'it ran already, so nothing was changed';
    const { planId: _, ...planless } = found({ note: `${RAN_ALREADY}; it does well` });
    expect(lookedAtAgain(planless, ill, new Date(AT))).toMatchObject({
      ...{ state: 'deployed', note: RAN_ALREADY },
    });
  });
});
