import { beforeEach, describe, expect, it } from '@jest/globals';
import { BASELINES_KEPT, restoredValues } from '@apollo-deploy/domain';
import { DeploymentWorld } from '../testing/deployment-world.js';
import { must, PERSON, SUCCEEDED } from '../testing/engine-world.js';
import { rollBack } from './roll-back.js';

let world: DeploymentWorld;
let revision: number;

/** The plan that executes succeeds with what it brings. */
async function brought(): Promise<void> {
  const { id, to, values } = await world.engine.lastPlan();
  revision += 1;
  await world.engine.result(id, SUCCEEDED, { version: to?.version ?? '', revision, values });
  await world.engine.settle();
}

async function pinned(version: string, replicas: number): Promise<void> {
  await world.engine.entity({ version }, { replicas });
  await world.engine.settle();
  await brought();
}

const askBack = async () => {
  const asked = { service: 'aria', environment: 'dev', targetVersion: '1.0.0' };
  return must(await rollBack(world.engine.context, PERSON, asked, world.tools));
};

/** 1.0.0 succeeded with two replicas, and after that 1.1.0 with more and more. */
beforeEach(async () => {
  world = await DeploymentWorld.build();
  revision = 0;
  await pinned('1.0.0', 2);
  for (let replicas = 3; replicas < 3 + BASELINES_KEPT; replicas += 1) {
    await pinned('1.1.0', replicas);
  }
});

describe('a rollback to a version that is not among the contents that are remembered', () => {
  it('takes back the values with which it succeeded, and says how it is held', async () => {
    const made = await askBack();
    expect(restoredValues(made)).toMatchObject([
      { entity: 'aria-dev', changes: [{ path: 'replicas', before: 12, after: 2 }] },
    ]);
    expect(made.targets[0]?.note).toMatch(
      /^1\.0\.0 succeeded there by plan \S+ \(2026-01-05T09:00:00\.000Z\), and is not among the last 10 contents that are remembered: its values come back with it, and it waits as any change does$/,
    );
    await world.follow();
    expect(await world.engine.lastPlan()).toMatchObject({
      ...{ type: 'rollback', planClass: 'ordinary', values: { replicas: 2 } },
    });
    await brought();
    await world.lookOn();
    expect(await world.stored(made.id)).toMatchObject({
      status: 'completed',
      notes: expect.stringContaining('is not among the last 10 contents'),
    });
  });

  it('takes none of before an uninstallation', async () => {
    await world.engine.entity({ absent: true });
    await world.engine.settle();
    await world.engine.result((await world.engine.lastPlan()).id, SUCCEEDED);
    await world.engine.report({});
    await world.engine.settle();
    await pinned('1.1.0', 4);
    const made = await askBack();
    expect(made.targets[0]).not.toHaveProperty('values');
    expect(made.targets[0]).not.toHaveProperty('note');
  });
});
