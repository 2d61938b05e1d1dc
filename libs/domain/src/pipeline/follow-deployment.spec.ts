import { describe, expect, it } from '@jest/globals';
import { PLAN_STATES, type PlanState } from '../plans/plan-lifecycle.js';
import { aDeployment, aDeploymentTarget } from '../testing/deployments.js';
import type { Deployment, DeploymentTarget } from './deployment.js';
import { hasEnded } from './deployment-lifecycle.js';
import { followDeployment, type Move } from './follow-deployment.js';
import type { FollowedPlan, TargetFacts } from './target-facts.js';

const AT = '2026-01-05T09:00:00.000Z';
const GOOD = { at: AT, healthy: true, detail: '1.1.0 is deployed and Healthy' };
const BAD = { at: AT, healthy: false, detail: '1.1.0 is deployed and Degraded' };

function started(change: Partial<DeploymentTarget> = {}): DeploymentTarget {
  return aDeploymentTarget({
    ...{ state: 'started', startedAt: AT, before: { version: '1.0.0' } },
    ...change,
  });
}

function facts(change: Partial<TargetFacts> = {}): TargetFacts {
  const health = { healthy: true, detail: '1.0.0 is deployed and Healthy' };
  return { spoke: 'heard', runsIt: false, health, ...change };
}

function plan(state: PlanState, change: Partial<FollowedPlan> = {}): FollowedPlan {
  return { id: 'plan-1', type: 'upgrade', state, violations: [], ...change };
}

/** Follows a deployment with these targets, each with its facts. */
function follow(
  pairs: readonly (readonly [DeploymentTarget, TargetFacts])[],
  change: Partial<Deployment> = {},
  now = AT,
): { readonly deployment: Deployment; readonly move: Move } {
  const targets = pairs.map(([target]) => target);
  return followDeployment(aDeployment({ targets, ...change }), {
    now: new Date(now),
    settlingMs: 15_000,
    targets: new Map(pairs.map(([{ entity }, about]) => [entity, about])),
  });
}

const BACK_FIRST = 'aria-dev goes back to 1.0.0 first, as a change of it failed';

describe('following a deployment at one entity', () => {
  const situations: {
    name: string;
    target: DeploymentTarget;
    facts: TargetFacts;
    at?: string;
    expected: { state: string; status: string; move: Partial<Move> };
  }[] = [
    {
      name: 'begins by saying what is to run',
      target: aDeploymentTarget(),
      facts: facts(),
      expected: {
        state: 'waiting',
        status: 'pending',
        move: { kind: 'start', entities: ['aria-dev'] },
      },
    },
    {
      name: 'skips it where its spoke is lost',
      target: aDeploymentTarget(),
      facts: facts({ spoke: 'lost' }),
      expected: { state: 'waiting', status: 'pending', move: { kind: 'stop', state: 'skipped' } },
    },
    {
      name: 'skips it where its spoke is lost before anything went out',
      target: started(),
      facts: facts({ spoke: 'lost', plan: plan('BLOCKED') }),
      expected: {
        state: 'started',
        status: 'pre_checks',
        move: { kind: 'stop', state: 'skipped' },
      },
    },
    {
      name: 'waits for the engine',
      target: started(),
      facts: facts(),
      expected: { state: 'started', status: 'pending', move: { kind: 'wait' } },
    },
    {
      name: 'has nothing to do where it runs there already, and was found well before',
      target: started(),
      facts: facts({ runsIt: true, proven: true }),
      expected: { state: 'healthy', status: 'pending', move: { kind: 'end', status: 'completed' } },
    },
    {
      name: 'looks where it runs there already, and nobody has found it well',
      target: started(),
      facts: facts({ runsIt: true }),
      expected: { state: 'deployed', status: 'health_check', move: { kind: 'look' } },
    },
    {
      name: 'waits where it runs there and nobody is looking',
      target: started(),
      facts: facts({ runsIt: true, spoke: 'silent' }),
      expected: { state: 'started', status: 'pending', move: { kind: 'wait' } },
    },
    {
      name: 'waits where it runs there and is still coming up',
      target: started(),
      facts: facts({
        runsIt: true,
        health: { healthy: false, progressing: true, detail: 'Progressing' },
      }),
      expected: { state: 'started', status: 'pending', move: { kind: 'wait' } },
    },
    {
      name: 'waits where it runs there and is about to be rolled back',
      target: started(),
      facts: facts({ runsIt: true, rollback: 'demanded' }),
      expected: { state: 'started', status: 'pending', move: { kind: 'wait' } },
    },
    {
      name: 'fails where nobody proposes it any more',
      target: started(),
      facts: facts({ idle: { code: 'declined', why: 'it came back five times' } }),
      expected: {
        state: 'failed',
        status: 'pending',
        move: { kind: 'end', status: 'failed', notes: 'failed: aria-dev: it came back five times' },
      },
    },
    {
      name: 'fails where a newer release took its place',
      target: started(),
      facts: facts({ otherPlan: { id: 'plan-2', version: '1.2.0' } }),
      expected: { state: 'failed', status: 'pending', move: { kind: 'end', status: 'failed' } },
    },
    {
      name: 'waits in pending while something holds its plan',
      target: started(),
      facts: facts({
        plan: plan('BLOCKED', { violations: [{ code: 'hold', message: 'it is held', data: {} }] }),
      }),
      expected: {
        state: 'started',
        status: 'pending',
        move: {
          kind: 'wait',
          for: [{ code: 'hold', message: 'it is held', entity: 'aria-dev', plan: 'plan-1' }],
        },
      },
    },
    {
      name: 'waits for a rollback that is to go first, and for what holds that',
      target: started(),
      facts: facts({
        first: {
          ...{ id: 'plan-9', state: 'BLOCKED', version: '1.0.0' },
          violations: [
            { code: 'spoke_ready', message: 'it is away', data: { spoke: 'dev' }, recheckAt: AT },
          ],
        },
      }),
      expected: {
        state: 'started',
        status: 'pending',
        move: {
          kind: 'wait',
          for: [
            { code: 'rollback', message: BACK_FIRST, plan: 'plan-9', entity: 'aria-dev' },
            {
              ...{ code: 'spoke_ready', message: 'it is away', plan: 'plan-9', until: AT },
              data: { spoke: 'dev' },
            },
          ],
        },
      },
    },
    {
      name: 'waits for a rollback that is to go first and has no plan yet',
      target: started(),
      facts: facts({ first: { version: '1.0.0' } }),
      expected: {
        state: 'started',
        status: 'pending',
        move: { kind: 'wait', for: [{ code: 'rollback', message: BACK_FIRST }] },
      },
    },
    {
      name: 'waits for what holds it at other content',
      target: started(),
      facts: facts({ hold: { id: 'hold-1', message: 'it is held at 1.0.0' } }),
      expected: {
        state: 'started',
        status: 'pending',
        move: {
          kind: 'wait',
          for: [{ code: 'hold', message: 'it is held at 1.0.0', data: { hold: 'hold-1' } }],
        },
      },
    },
    {
      name: 'waits for a person to start its plan',
      target: started(),
      facts: facts({ plan: plan('PENDING', { manual: true }) }),
      expected: {
        state: 'started',
        status: 'pre_checks',
        move: {
          kind: 'wait',
          for: [{ code: 'manual_execution', message: 'a person has to start plan plan-1' }],
        },
      },
    },
    {
      name: 'has passed its checks once nothing holds its plan',
      target: started(),
      facts: facts({ plan: plan('PENDING') }),
      expected: { state: 'started', status: 'pre_checks', move: { kind: 'wait' } },
    },
    {
      name: 'is backing up once that was asked for',
      target: started(),
      facts: facts({ plan: plan('BLOCKED'), backup: { status: 'requested', by: 'CHRONOS' } }),
      expected: { state: 'started', status: 'backing_up', move: { kind: 'wait' } },
    },
    {
      name: 'fails with nothing deployed where the backup failed',
      target: started(),
      facts: facts({
        plan: plan('BLOCKED'),
        backup: { status: 'failed', by: 'CHRONOS', detail: 'the disk is full' },
      }),
      expected: {
        state: 'failed',
        status: 'backing_up',
        move: {
          kind: 'end',
          status: 'failed',
          notes:
            'failed: aria-dev: the backup by CHRONOS failed, so nothing was deployed: the disk is full',
        },
      },
    },
    {
      name: 'fails where it was rejected, with the word of whoever did',
      target: started(),
      facts: facts({
        plan: plan('CANCELLED', {
          cancelReason: 'rejected',
          message: 'rejected by bob: not today',
        }),
      }),
      expected: {
        state: 'failed',
        status: 'pending',
        move: {
          kind: 'end',
          status: 'failed',
          notes:
            'failed: aria-dev: plan plan-1 is CANCELLED (rejected): rejected by bob: not today',
        },
      },
    },
    {
      name: 'waits for another plan where one came back untouched',
      target: started({ planId: 'plan-1' }),
      facts: facts({ plan: plan('CANCELLED', { cancelReason: 'base_moved' }) }),
      expected: { state: 'started', status: 'pending', move: { kind: 'wait' } },
    },
    {
      name: 'gives way to what somebody else says before it goes out',
      target: started(),
      facts: facts({ plan: plan('BLOCKED'), otherWishBy: 'bob' }),
      expected: { state: 'failed', status: 'pending', move: { kind: 'end', status: 'failed' } },
    },
    {
      name: 'goes on once it has gone out, whatever somebody says',
      target: started(),
      facts: facts({ plan: plan('EXECUTING'), otherWishBy: 'bob' }),
      expected: { state: 'executing', status: 'deploying', move: { kind: 'wait' } },
    },
    {
      name: 'looks once it has succeeded',
      target: started(),
      facts: facts({ plan: plan('SUCCEEDED') }),
      expected: {
        state: 'deployed',
        status: 'health_check',
        move: { kind: 'look', entities: ['aria-dev'] },
      },
    },
    {
      name: 'waits for the next look',
      target: started({ state: 'deployed', looks: [GOOD] }),
      facts: facts(),
      expected: {
        state: 'deployed',
        status: 'health_check',
        move: { kind: 'wait', until: '2026-01-05T09:00:07.500Z' },
      },
    },
    {
      name: 'takes no look while nobody is heard, however late it is, and says so',
      target: started({ state: 'deployed', looks: [BAD] }),
      facts: facts({ spoke: 'silent', health: { healthy: false, detail: 'not heard' } }),
      at: '2026-01-05T09:10:00.000Z',
      expected: {
        state: 'deployed',
        status: 'health_check',
        move: {
          kind: 'wait',
          for: [
            {
              ...{ entity: 'aria-dev', code: 'spoke_ready' },
              message:
                'it is looked how aria-dev does once spoke dev is heard again and has said what runs there',
            },
          ],
        },
      },
    },
    {
      name: 'takes no second look at what was said before the first',
      target: started({ state: 'deployed', looks: [BAD] }),
      facts: facts({ health: { healthy: false, detail: 'Degraded', heardAt: AT } }),
      at: '2026-01-05T09:10:00.000Z',
      expected: { state: 'deployed', status: 'health_check', move: { kind: 'wait' } },
    },
    {
      name: 'takes the second look once the same was said anew',
      target: started({ state: 'deployed', looks: [BAD] }),
      facts: facts({
        health: { healthy: false, detail: 'Degraded', heardAt: '2026-01-05T09:00:00.001Z' },
      }),
      at: '2026-01-05T09:00:07.500Z',
      expected: { state: 'deployed', status: 'health_check', move: { kind: 'look' } },
    },
    {
      name: 'fails where its spoke is lost before it is known how it does, and takes nothing back',
      target: started({ state: 'deployed', looks: [GOOD, BAD] }),
      facts: facts({ spoke: 'lost' }),
      expected: {
        state: 'failed',
        status: 'pending',
        move: {
          kind: 'end',
          status: 'failed',
          notes:
            'failed: aria-dev: it was brought, and spoke dev was lost before it was known how it does; nothing was taken back: see to the spoke, then to what runs',
        },
      },
    },
    {
      name: 'is completed by three good looks',
      target: started({ state: 'deployed', looks: [GOOD, GOOD, GOOD] }),
      facts: facts(),
      expected: { state: 'healthy', status: 'pending', move: { kind: 'end', status: 'completed' } },
    },
    {
      name: 'is taken back by two bad ones',
      target: started({ state: 'deployed', looks: [BAD, BAD] }),
      facts: facts(),
      expected: {
        state: 'deployed',
        status: 'health_check',
        move: { kind: 'take_back', entities: ['aria-dev'] },
      },
    },
    {
      name: 'takes nothing back that somebody else has changed since',
      target: started({ state: 'deployed', looks: [BAD, BAD] }),
      facts: facts({ otherWishBy: 'bob' }),
      expected: { state: 'failed', status: 'pending', move: { kind: 'end', status: 'failed' } },
    },
    {
      name: 'has been deploying where its plan has failed before anybody looked',
      target: started(),
      facts: facts({ plan: plan('FAILED', { outcome: 'refused', message: 'no such namespace' }) }),
      expected: {
        state: 'failed',
        status: 'deploying',
        move: {
          kind: 'end',
          notes: 'failed: aria-dev: plan plan-1 is FAILED (refused): no such namespace',
        },
      },
    },
    {
      name: 'has been deploying where it was rolled back before anybody looked',
      target: started(),
      facts: facts({
        plan: plan('ROLLED_BACK', { outcome: 'unhealthy' }),
        rollback: { violations: [], id: 'plan-2', state: 'SUCCEEDED', version: '1.0.0' },
      }),
      expected: {
        state: 'rolled_back',
        status: 'deploying',
        move: { kind: 'end', status: 'rolled_back' },
      },
    },
    {
      name: 'waits for the rollback of what failed',
      target: started({ state: 'executing' }),
      facts: facts({ plan: plan('FAILED', { outcome: 'unhealthy' }), rollback: 'demanded' }),
      expected: { state: 'rolling_back', status: 'deploying', move: { kind: 'wait' } },
    },
    {
      name: 'waits for another try of what was cut off',
      target: started({ state: 'executing' }),
      facts: facts({ plan: plan('FAILED', { outcome: 'broken', retries: true }) }),
      expected: { state: 'started', status: 'deploying', move: { kind: 'wait' } },
    },
    {
      name: 'is rolled back once the spoke has seen that',
      target: started({ state: 'rolling_back', note: 'it was not healthy' }),
      facts: facts({
        rollback: { violations: [], id: 'plan-2', state: 'SUCCEEDED', version: '1.0.0' },
      }),
      expected: {
        state: 'rolled_back',
        status: 'pending',
        move: {
          kind: 'end',
          status: 'rolled_back',
          notes: 'rolled back: aria-dev: it was not healthy',
        },
      },
    },
    {
      name: 'has failed where its rollback did',
      target: started({ state: 'rolling_back', note: 'it was not healthy' }),
      facts: facts({
        rollback: {
          violations: [],
          id: 'plan-2',
          state: 'FAILED',
          version: '1.0.0',
          message: 'no',
        },
      }),
      expected: {
        state: 'failed',
        status: 'pending',
        move: {
          kind: 'end',
          status: 'failed',
          notes: 'failed: aria-dev: it was not healthy; its rollback by plan plan-2 is FAILED: no',
        },
      },
    },
    {
      name: 'has failed where its rollback was given up',
      target: started({ state: 'rolling_back' }),
      facts: facts(),
      expected: { state: 'failed', status: 'pending', move: { kind: 'end', status: 'failed' } },
    },
  ];

  it.each(situations)('$name', ({ target, facts: about, at, expected }) => {
    const { deployment, move } = follow([[target, about]], {}, at);
    const [followed] = deployment.targets;
    expect({ state: followed?.state, status: deployment.status, move }).toMatchObject(expected);
  });

  it('never goes back to an earlier status', () => {
    const waiting = follow([[started(), facts()]], { status: 'backing_up' });
    expect(waiting.deployment.status).toBe('backing_up');
  });

  it.each([
    { backup: 'required', status: 'done', expected: 'kept' },
    { backup: 'required', status: 'requested', expected: 'required' },
    { backup: 'kept', status: 'failed', expected: 'required' },
    { backup: 'skipped', status: 'done', expected: 'skipped' },
  ] as const)('knows of a backup: $backup, then $status', ({ backup, status, expected }) => {
    const about = facts({ plan: plan('BLOCKED'), backup: { status, by: 'CHRONOS' } });
    expect(follow([[started(), about]], { backup }).deployment.backup).toBe(expected);
  });
});

describe('following a deployment in its place', () => {
  const targets = [aDeploymentTarget()];
  const about = {
    now: new Date(AT),
    settlingMs: 15_000,
    targets: new Map([['aria-dev', facts()]]),
  };

  it('waits behind the one that is under way', () => {
    const queued = aDeployment({ targets, queued: true });
    const { deployment, move } = followDeployment(queued, { ...about, ahead: 'deploy_1' });
    expect(deployment).toBe(queued);
    expect(move).toMatchObject({ kind: 'wait', for: [{ code: 'queued' }] });
  });

  it('begins when that has ended', () => {
    const { deployment, move } = followDeployment(aDeployment({ targets, queued: true }), about);
    expect(deployment.queued).toBe(false);
    expect(move.kind).toBe('start');
  });
});

describe('following a deployment in waves', () => {
  const first = started({ entity: 'a', spoke: 'one' });
  const second = aDeploymentTarget({ entity: 'b', spoke: 'two', wave: 1 });

  it('begins with the first wave alone', () => {
    const waiting = aDeploymentTarget({ entity: 'a', spoke: 'one' });
    expect(
      follow([
        [waiting, facts()],
        [second, facts()],
      ]).move,
    ).toMatchObject({
      kind: 'start',
      entities: ['a'],
    });
  });

  it('begins the next one once the one before is healthy, or skipped', () => {
    for (const state of ['healthy', 'skipped'] as const) {
      const { move } = follow([
        [{ ...first, state }, facts()],
        [second, facts()],
      ]);
      expect(move).toMatchObject({ kind: 'start', entities: ['b'] });
    }
  });

  it('stops what has not gone out where one fails, and then ends', () => {
    const failed = [{ ...first, state: 'failed' as const, note: 'it broke' }, facts()] as const;
    expect(follow([failed, [second, facts()]]).move).toMatchObject({
      kind: 'stop',
      entities: ['b'],
      state: 'not_started',
    });
    const stopped = {
      ...second,
      state: 'not_started' as const,
      note: 'nothing was deployed there',
    };
    expect(follow([failed, [stopped, facts()]]).move).toMatchObject({
      kind: 'end',
      status: 'failed',
      notes: 'failed: a: it broke; b: nothing was deployed there',
    });
  });

  it('follows what is under way to its end where another one of the wave fails', () => {
    const other = started({ entity: 'b', spoke: 'two', state: 'executing' });
    const pairs = [
      [{ ...first, state: 'failed' as const }, facts()],
      [other, facts({ plan: plan('EXECUTING') })],
    ] as const;
    expect(follow(pairs).move).toMatchObject({ kind: 'wait' });
  });

  it.each(['started', 'executing'] as const)(
    'looks how one does from its own success on, while another one of the wave is %s',
    (state) => {
      const other = started({ entity: 'b', spoke: 'two', state });
      const held = plan(state === 'started' ? 'BLOCKED' : 'EXECUTING');
      const brought = { ...first, state: 'deployed' as const };
      const after = (looks: DeploymentTarget['looks']) =>
        follow([
          [{ ...brought, looks }, facts()],
          [other, facts({ plan: held })],
          [{ ...second, entity: 'c' }, facts()],
        ]);
      expect(after([]).move).toEqual({ kind: 'look', entities: ['a'] });
      expect(after([BAD, BAD]).move).toEqual({ kind: 'take_back', entities: ['a'] });
      // The next wave waits for all.
      const { deployment, move } = after([GOOD, GOOD, GOOD]);
      expect(deployment.targets.map((one) => one.state)).toEqual(['healthy', state, 'waiting']);
      expect(move.kind).toBe('wait');
    },
  );

  it('is completed without a spoke that is lost, and failed without any', () => {
    const skipped = { ...second, state: 'skipped' as const, note: 'its spoke is lost' };
    const healthy = { ...first, state: 'healthy' as const };
    expect(
      follow([
        [healthy, facts()],
        [skipped, facts()],
      ]).move,
    ).toMatchObject({
      kind: 'end',
      status: 'completed',
      notes: 'completed: b: its spoke is lost',
    });
    expect(follow([[skipped, facts()]]).move).toMatchObject({ kind: 'end', status: 'failed' });
  });
});

describe('following a deployment at two entities, whatever has become of their plans', () => {
  const found: (PlanState | 'none')[] = [...PLAN_STATES, 'none'];
  const pairs = found.flatMap((one) =>
    found.flatMap((other) => [0, 1].map((wave) => ({ one, other, wave }))),
  );
  const about = (state: PlanState | 'none'): TargetFacts =>
    state === 'none'
      ? facts()
      : facts({ plan: plan(state, state === 'CANCELLED' ? { cancelReason: 'rejected' } : {}) });
  const isOut = (state: PlanState | 'none'): boolean =>
    state === 'EXECUTING' || state === 'UNKNOWN';

  it.each(pairs)('$one and $other in wave $wave', ({ one, other, wave }) => {
    const later =
      wave === 0 ? started({ entity: 'b', wave }) : aDeploymentTarget({ entity: 'b', wave });
    const ofLater = wave === 0 ? other : 'none';
    const both = [
      [started({ entity: 'a' }), about(one)],
      [later, about(ofLater)],
    ] as const;
    const { deployment, move } = follow(both);
    const states = deployment.targets.map(({ state }) => state);
    // It has not ended while something is under way, nor before what ran is known to do well.
    if (isOut(one) || isOut(ofLater)) expect(move.kind).not.toBe('end');
    if (move.kind === 'end') expect(move.status).not.toBe('completed');
    // Nothing begins beside something that has failed, or is still under way.
    if (move.kind === 'start') expect(states).toEqual(['healthy', 'waiting']);
    // Asked again, it answers the same, and it is never at an end by following alone.
    const again = follow(both, deployment);
    expect(again).toEqual({ deployment, move });
    expect(hasEnded(deployment.status)).toBe(false);
  });
});
