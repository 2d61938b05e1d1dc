import { beforeEach, describe, expect, it } from '@jest/globals';
import { loadApprovalSubject } from '../approvals/load-approval-subject.js';
import { putEntity } from '../catalog/put-entity.js';
import { DeploymentWorld } from '../testing/deployment-world.js';
import { must, personCalled, SUCCEEDED } from '../testing/engine-world.js';

const PIN = { version: '1.1.0' };
const LAST = 'last edited what is desired';
const BEFORE = 'edited what is desired since it last went';

let world: DeploymentWorld;
/** aria 1.0.0 was deployed by dev-operator, who made all releases too and has edited it last, and runs. */
beforeEach(async () => {
  world = await DeploymentWorld.build();
  await world.deploy({ version: '1.0.0' });
  await world.succeed('1.0.0', 1);
  await world.lookOn();
  await edit('dev-operator', 1, { version: '1.0.0' });
  const { id } = await world.engine.lastPlan();
  const seen = { version: '1.0.0', revision: 2, values: { replicas: 1 } };
  await world.engine.result(id, SUCCEEDED, seen);
  await world.follow();
  await world.engine.constraint({
    name: 'freeze',
    kind: 'suppression_window',
    spec: { start: '2026-01-01T00:00:00Z', end: '2026-01-06T00:00:00Z', reason: 'Stocktaking' },
  });
});

async function edit(by: string, replicas: number, desired = PIN): Promise<void> {
  const { context } = world.engine;
  const input = { name: 'aria-dev', spoke: 'dev', product: 'aria', desired };
  must(await putEntity(context, personCalled(by), { ...input, values: { replicas } }));
  await world.engine.settle();
}

async function authors(): Promise<Readonly<Record<string, string>>> {
  const { id } = await world.engine.lastPlan();
  const { store } = world.engine.context;
  const loaded = must(await store.transact((unit) => loadApprovalSubject(unit, id)));
  return Object.fromEntries(loaded.authors);
}

describe('who requests a deployment', () => {
  it('is an author of what it brings, beside who edits it before it goes', async () => {
    await world.deploy(PIN);
    await edit('bob', 2);
    expect(await authors()).toEqual({
      'dev-operator': `made the release and ${BEFORE}`,
      bob: LAST,
    });
  });

  it('is an author beside who had edited it before', async () => {
    await edit('ann', 2);
    await world.deploy(PIN);
    expect(await authors()).toEqual({
      ann: BEFORE,
      'dev-operator': `made the release and ${LAST}`,
    });
  });
});
