import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Plan, RollbackDemand } from '@apollo-deploy/domain';
import { type NewConstraint, removeConstraint } from '../constraints/add-constraint.js';
import { withdrawRecall } from '../recalls/withdraw-recall.js';
import {
  EngineWorld,
  failed,
  must,
  PERSON,
  type SeenRelease,
  SUCCEEDED,
} from '../testing/engine-world.js';

const FREEZE: NewConstraint = {
  name: 'freeze',
  kind: 'suppression_window',
  spec: {
    start: '2026-01-05T00:00:00Z',
    end: '2026-01-06T00:00:00Z',
    reason: 'Stocktaking',
    hard: true,
  },
};
const STOPPED = {
  verdict: 'declined',
  reason: 'cancelled',
  message: 'taken back',
  evidence: {},
} as const;

let world: EngineWorld;
beforeEach(async () => {
  world = await EngineWorld.build();
  await world.connect();
  await world.report({});
});

/** These versions SUCCEEDED one after the other as `aria-dev` was pinned to each. */
async function succeeded(...versions: readonly string[]): Promise<void> {
  let revision = 0;
  for (const version of versions) {
    revision += 1;
    await world.entity({ version });
    await world.settle();
    await world.result((await world.lastPlan()).id, SUCCEEDED, { version, revision });
    await world.settle();
  }
}

/** And the upgrade to this one failed, so that the one before is owed. */
async function failedWith(version: string): Promise<void> {
  if (version === '1.2.0') await world.register('aria', version);
  await world.entity({ version });
  await world.settle();
  const bad: SeenRelease = { version, revision: 9, health: 'Degraded' };
  await world.result((await world.lastPlan()).id, failed('unhealthy'), bad);
}

async function goesBack(version: string): Promise<Plan> {
  await world.settle();
  const rollback = await world.lastPlan();
  expect(rollback).toMatchObject({
    type: 'rollback',
    planClass: 'automatic_rollback',
    state: 'EXECUTING',
    to: { version },
  });
  return rollback;
}

function demands(): Promise<readonly RollbackDemand[]> {
  return world.context.store.transact((unit) => unit.rollbackDemands.ofEntities(['aria-dev']));
}

async function dropped(): Promise<readonly object[]> {
  const page = await world.context.store.transact((unit) => unit.audit.list({}, { limit: 200 }));
  return page.items.filter(({ action }) => action === 'rollback.drop').map(({ detail }) => detail);
}

describe('a rollback to what was recalled since', () => {
  beforeEach(async () => {
    await succeeded('1.0.0', '1.1.0');
    await failedWith('1.2.0');
  });

  it('goes back to what succeeded before that, and says so', async () => {
    const { id } = await world.recall('1.1.0');
    const rollback = await goesBack('1.0.0');
    const failure = rollback.rollbackOf ?? '';
    expect(rollback.reason).toBe(
      `plan ${failure} (upgrade) failed (unhealthy): pod aria-1 is in CrashLoopBackOff; 1.1.0 is recalled: It loses orders (recall ${id}); aria goes back to 1.0.0`,
    );
    await world.result(rollback.id, SUCCEEDED, { version: '1.0.0', revision: 10 });
    await world.settle();
    expect(await world.planOf(failure)).toMatchObject({
      state: 'ROLLED_BACK',
      rolledBackBy: rollback.id,
    });
    expect(await demands()).toEqual([]);
    expect(await world.view()).toMatchObject({ hold: { fixes: { version: '1.0.0' } } });
  });

  it('is made anew while it waits, and goes as before once the recall is withdrawn', async () => {
    const freeze = await world.constraint(FREEZE);
    await world.settle();
    const first = await world.lastPlan();
    expect(first).toMatchObject({ state: 'BLOCKED', to: { version: '1.1.0' } });
    const { id } = await world.recall('1.1.0');
    await world.settle();
    expect(await world.planOf(first.id)).toMatchObject({ cancelReason: 'superseded' });
    expect(await world.lastPlan()).toMatchObject({ state: 'BLOCKED', to: { version: '1.0.0' } });
    must(await withdrawRecall(world.context, PERSON, id));
    must(await removeConstraint(world.context, PERSON, freeze.id));
    await goesBack('1.1.0');
  });

  it('is taken back from its spoke if that has not claimed it', async () => {
    const first = await goesBack('1.1.0');
    await world.recall('1.1.0');
    expect(await world.outbox()).toContainEqual({ type: 'plan.cancel', planId: first.id });
    await world.result(first.id, STOPPED);
    await goesBack('1.0.0');
  });

  it('is finished once it is claimed, and another is not owed', async () => {
    const first = await goesBack('1.1.0');
    await world.progress(first.id, 'helm');
    await world.recall('1.1.0');
    await world.result(first.id, SUCCEEDED, { version: '1.1.0', revision: 10 });
    await world.settle();
    expect(await demands()).toEqual([]);
    expect((await world.plans()).at(-1)).toMatchObject({ id: first.id, state: 'SUCCEEDED' });
  });

  it('that fails in its other form is not tried a third way', async () => {
    await world.recall('1.1.0');
    const rollback = await goesBack('1.0.0');
    const bad = { version: '1.0.0', revision: 10, health: 'Degraded' };
    await world.result(rollback.id, failed('unhealthy'), bad);
    await world.settle();
    expect(await demands()).toEqual([]);
    expect(await world.view()).toMatchObject({ hold: { cause: 'rollback_failed' } });
  });

  it('stays owed when a person names what it brings now', async () => {
    await world.constraint(FREEZE);
    await world.recall('1.1.0');
    await world.entity({ version: '1.0.0' });
    await world.settle();
    expect(await demands()).toHaveLength(1);
  });

  it('is not given up by an evaluation with force while it has somewhere to go', async () => {
    await world.constraint(FREEZE);
    await world.recall('1.1.0');
    await world.engine.evaluate(PERSON, 'aria-dev', { force: true });
    expect(await demands()).toHaveLength(1);
    expect(await world.lastPlan()).toMatchObject({ type: 'rollback', to: { version: '1.0.0' } });
  });
});

describe('a rollback that has nowhere to go', () => {
  let recall: string;
  beforeEach(async () => {
    await succeeded('1.0.0', '1.1.0');
    await failedWith('1.2.0');
    recall = (await world.recall('<1.2.0')).id;
    await world.settle();
  });

  it('is blocked with the recall named', async () => {
    expect(await world.lastPlan()).toMatchObject({
      type: 'rollback',
      state: 'BLOCKED',
      to: { version: '1.1.0' },
      violations: [{ code: 'recall', data: { recall } }],
    });
    expect(await world.view()).toMatchObject({
      status: 'blocked',
      why: expect.stringContaining(`(recall ${recall})`),
    });
  });

  it('goes by itself when the recall is withdrawn', async () => {
    must(await withdrawRecall(world.context, PERSON, recall));
    expect((await goesBack('1.1.0')).violations).toEqual([]);
  });

  it('is given up by an evaluation with force, and what is desired is tried once more', async () => {
    await world.engine.evaluate(PERSON, 'aria-dev', { force: true });
    expect(await demands()).toEqual([]);
    expect(await dropped()).toEqual([
      {
        to: '1.1.0',
        reason: `a person asked for another try, and 1.1.0 is recalled: It loses orders (recall ${recall})`,
      },
    ]);
    expect(await world.lastPlan()).toMatchObject({
      type: 'config_update',
      state: 'EXECUTING',
      to: { version: '1.2.0' },
    });
  });
});

describe('a rollback after a downgrade and back', () => {
  it('does not go back to what failed, though that succeeded before', async () => {
    await succeeded('1.1.0', '1.0.0');
    await failedWith('1.1.0');
    await world.recall('1.0.0');
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      type: 'rollback',
      state: 'BLOCKED',
      to: { version: '1.0.0' },
      violations: [{ code: 'recall' }],
    });
  });
});
