import { describe, expect, it } from '@jest/globals';
import { aDeployment, aDeploymentTarget } from '../testing/deployments.js';
import { firstStep, nextStep } from '../strategies/target-rollout.js';
import type { DeploymentTarget, Unseen } from './deployment.js';
import { followDeployment, type Move } from './follow-deployment.js';
import type { TargetFacts } from './target-facts.js';
import { type ServiceHealth, takeLook, type Unanswered } from './take-look.js';

const AT = '2026-01-05T09:00:00.000Z';
const WELL = { healthy: true, detail: '1.1.0 is deployed and Healthy' };
const ILL = { healthy: false, detail: '1.1.0 is deployed and Degraded' };
const CALLED_WELL = { healthy: true, detail: 'PANOPTES calls it healthy' };
const CALLED_ILL = { healthy: false, detail: 'PANOPTES answered 200: {"healthy":false}' };
const SILENT = { unanswered: 'PANOPTES did not answer' };
const BEFORE = '2026-01-05T08:59:00.000Z';
const GOOD = { at: BEFORE, ...WELL };

const brought = (change: Partial<DeploymentTarget> = {}): DeploymentTarget =>
  aDeploymentTarget({ state: 'deployed', startedAt: BEFORE, before: null, ...change });

describe('a look at what was brought', () => {
  const unseen = { since: BEFORE, at: BEFORE, why: 'PANOPTES answered 503' };
  it.each<{
    name: string;
    seen: ServiceHealth;
    answer?: ServiceHealth | Unanswered;
    expected: { looks: readonly ServiceHealth[]; unseen?: Unseen };
  }>([
    { name: 'good where nobody else is asked', seen: WELL, expected: { looks: [WELL] } },
    {
      name: 'good where both call it so',
      ...{ seen: WELL, answer: CALLED_WELL, expected: { looks: [CALLED_WELL] } },
    },
    {
      name: 'bad where they call it ill',
      ...{ seen: WELL, answer: CALLED_ILL, expected: { looks: [CALLED_ILL] } },
    },
    {
      name: 'bad where the spoke does, whatever they say',
      ...{ seen: ILL, answer: CALLED_WELL, expected: { looks: [ILL] } },
    },
    {
      name: 'bad where the spoke does, and they do not answer',
      ...{ seen: ILL, answer: SILENT, expected: { looks: [ILL] } },
    },
    {
      name: 'none where they do not answer',
      ...{ seen: WELL, answer: SILENT },
      expected: { looks: [], unseen: { since: AT, at: AT, why: 'PANOPTES did not answer' } },
    },
  ])('is $name', ({ seen, answer, expected }) => {
    const target = takeLook(brought(), { seen, ...(answer && { answer }) }, AT);
    expect({ looks: target.looks, unseen: target.unseen }).toEqual({
      unseen: undefined,
      ...expected,
      looks: expected.looks.map((look) => ({ at: AT, ...look })),
    });
  });

  it('ends that nobody answered', () => {
    const target = takeLook(brought({ unseen }), { seen: WELL, answer: CALLED_WELL }, AT);
    expect(target).toEqual(brought({ looks: [{ at: AT, ...CALLED_WELL }] }));
  });

  it('leaves since when nobody answers, and says what came back last', () => {
    expect(takeLook(brought({ unseen }), { seen: WELL, answer: SILENT }, AT).unseen).toEqual({
      ...{ since: BEFORE, at: AT, why: 'PANOPTES did not answer' },
    });
  });
});

describe('following what nobody could look at', () => {
  const facts = (change: Partial<TargetFacts> = {}): TargetFacts => ({
    ...{ spoke: 'heard', runsIt: true, health: WELL },
    ...change,
  });
  function follow(target: DeploymentTarget, now: string, about = facts()) {
    const followed = followDeployment(aDeployment({ targets: [target] }), {
      ...{ now: new Date(now), settlingMs: 15_000 },
      targets: new Map([[target.entity, about]]),
    });
    const { deployment, move } = followed;
    return { target: deployment.targets[0], move };
  }
  /** Nobody has answered since nine, to the last time that was asked. */
  const silentUntil = (at: string): DeploymentTarget =>
    brought({ looks: [GOOD], unseen: { since: AT, at, why: 'PANOPTES answered 503' } });

  it.each<{ name: string; now: string; move: Partial<Move> }>([
    {
      name: 'waits, says for whom and until when, and asks again half a minute later',
      now: '2026-01-05T09:00:29.999Z',
      move: {
        ...{ kind: 'wait', until: '2026-01-05T09:00:30.000Z' },
        for: [
          {
            ...{ entity: 'aria-dev', code: 'health_unanswered' },
            message:
              'it is looked how aria-dev does once that is answered, which is asked again every half minute until 2026-01-05T09:15:00.000Z: PANOPTES answered 503',
            until: '2026-01-05T09:00:30.000Z',
          },
        ],
      },
    },
    { name: 'is looked at then', now: '2026-01-05T09:00:30.000Z', move: { kind: 'look' } },
  ])('$name', ({ now, move }) => {
    expect(follow(silentUntil(AT), now).move).toMatchObject(move);
  });

  it('takes no look while its spoke is silent, and names that', () => {
    const { move } = follow(silentUntil(AT), '2026-01-05T09:10:00Z', facts({ spoke: 'silent' }));
    expect(move).toMatchObject({ kind: 'wait', for: [{ code: 'spoke_ready' }] });
  });

  it('goes on a moment before a quarter of an hour is over', () => {
    const { target } = follow(silentUntil('2026-01-05T09:14:59.999Z'), '2026-01-05T09:15:00Z');
    expect(target?.state).toBe('deployed');
  });

  it('fails after a quarter of an hour, and takes nothing back', () => {
    const at = '2026-01-05T09:15:00.000Z';
    const { target, move } = follow(silentUntil(at), at);
    expect(target?.state).toBe('failed');
    expect(move).toEqual({
      ...{ kind: 'end', status: 'failed' },
      notes:
        'failed: aria-dev: nobody could look how it does since 2026-01-05T09:00:00.000Z: PANOPTES answered 503; nothing was taken back: see to that, then to what runs',
    });
  });

  it('is taken back where a strategy is half-way: it does not stay so', () => {
    const at = '2026-01-05T09:15:00.000Z';
    const rollout = nextStep(firstStep('canary', { stable: '1.0.0', candidate: '1.1.0' }), 'p-1');
    const { target, move } = follow({ ...silentUntil(at), rollout }, at);
    expect(target?.stopped).toBe(
      'nobody could look how it does since 2026-01-05T09:00:00.000Z: PANOPTES answered 503',
    );
    expect(move).toEqual({ kind: 'take_back', entities: ['aria-dev'] });
  });
});
