import { describe, expect, it } from '@jest/globals';
import { aDeploymentTarget } from '../testing/deployments.js';
import type { DeploymentTarget } from './deployment.js';
import { nextLookOf } from './next-look.js';
import type { TargetFacts } from './target-facts.js';

const NOON = '2026-01-05T12:00:00.000Z';
/** Half of the settling time later. */
const NEXT = '2026-01-05T12:00:15.000Z';
const JUST_BEFORE = '2026-01-05T12:00:14.999Z';
const WELL: TargetFacts['health'] = { healthy: true, detail: 'it is deployed and Healthy' };
const ILL: TargetFacts['health'] = { healthy: false, detail: 'it is deployed and Degraded' };
const look = (at: string, healthy: boolean) => ({ at, healthy, detail: 'as it was seen' });

interface Situation {
  readonly name: string;
  readonly target?: Partial<DeploymentTarget>;
  readonly facts?: Partial<TargetFacts>;
  readonly now?: string;
  readonly expected: string | undefined;
}

describe('the next look at what was brought', () => {
  it.each<Situation>([
    { name: 'now, as nobody has looked yet', now: NOON, expected: NOON },
    {
      name: 'now, as nobody has looked yet, however ill it is said to be',
      ...{ facts: { health: ILL }, now: NOON, expected: NOON },
    },
    {
      name: 'half of the settling time after the one before',
      ...{ target: { looks: [look(NOON, true)] }, now: NOON, expected: NEXT },
    },
    {
      name: 'when it was due, where nobody looked for long',
      ...{ target: { looks: [look(NOON, true)] }, now: '2026-01-05T13:00:00.000Z', expected: NEXT },
    },
    {
      name: 'by the last of several',
      target: { looks: [look('2026-01-05T11:00:00.000Z', true), look(NOON, true)] },
      ...{ now: NOON, expected: NEXT },
    },
    {
      name: 'half a minute after whoever was asked did not answer',
      target: { looks: [look(NOON, true)], unseen: { since: NOON, at: NOON, why: 'it is away' } },
      ...{ now: NOON, expected: '2026-01-05T12:00:30.000Z' },
    },
    {
      name: 'never, once looks have decided',
      target: { looks: [look(NOON, true), look(NEXT, true), look(NEXT, true)] },
      expected: undefined,
    },
    { name: 'never, before it is brought', target: { state: 'executing' }, expected: undefined },
    { name: 'never while its spoke is silent', facts: { spoke: 'silent' }, expected: undefined },
    { name: 'never while a plan changes it', facts: { changedBy: 'plan-2' }, expected: undefined },
  ])('is due $name', ({ target = {}, facts = {}, now = NEXT, expected }) => {
    expect(lookedAt(target, facts, now)).toBe(expected);
  });

  const SICK = { looks: [look('2026-01-05T11:00:00.000Z', true), look(NOON, false)] };
  it.each<Situation>([
    { name: 'before its time: at that', now: JUST_BEFORE, expected: NEXT },
    { name: 'at its time, and nothing was said since: not yet', expected: undefined },
    {
      name: 'at its time, and the same was said when it was looked: not yet',
      ...{ facts: { health: { ...ILL, heardAt: NOON } }, expected: undefined },
    },
    {
      name: 'at its time, and the same was said a millisecond later: then',
      facts: { health: { ...ILL, heardAt: '2026-01-05T12:00:00.001Z' } },
      expected: NEXT,
    },
    {
      name: 'at its time, and it is well, whenever that was said: then',
      ...{ facts: { health: { ...WELL, heardAt: NOON } }, expected: NEXT },
    },
  ])('after a bad one is due $name', ({ facts = { health: ILL }, now = NEXT, expected }) => {
    expect(lookedAt(SICK, { health: ILL, ...facts }, now)).toBe(expected);
  });
});

function lookedAt(
  target: Partial<DeploymentTarget>,
  facts: Partial<TargetFacts>,
  now: string,
): string | undefined {
  return nextLookOf(
    aDeploymentTarget({ state: 'deployed', ...target }),
    { spoke: 'heard', health: WELL, ...facts },
    { now: new Date(now), settlingMs: 30_000 },
  );
}
