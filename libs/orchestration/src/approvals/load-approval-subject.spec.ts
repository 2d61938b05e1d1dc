import { describe, expect, it } from '@jest/globals';
import type { DesiredState } from '@apollo-deploy/domain';
import { addToChannel } from '../catalog/add-to-channel.js';
import { putEntity } from '../catalog/put-entity.js';
import type { Principal } from '../ports/principal.js';
import { EngineWorld, failed, must, SUCCEEDED } from '../testing/engine-world.js';
import { loadApprovalSubject, type PlanForApproval } from './load-approval-subject.js';

const person = (name: string): Principal => ({ kind: 'person', name, roles: [] });

async function lastPlanOf(world: EngineWorld): Promise<PlanForApproval> {
  const { id } = await world.lastPlan();
  return must(await world.context.store.transact((unit) => loadApprovalSubject(unit, id)));
}

/** dev-operator made the releases, Bob put 1.1.0 into the channel, Cy says what is desired. */
async function wanting(desired: DesiredState): Promise<PlanForApproval> {
  const world = await EngineWorld.build({ tier: 'production' });
  await world.connect();
  await world.report({ 'aria-dev': { version: '1.0.0', revision: 1 } });
  const { context } = world;
  const added = { channel: 'dev', product: 'aria', version: '1.1.0' };
  must(await addToChannel(context, person('bob'), added));
  must(
    await putEntity(context, person('cy'), {
      ...{ name: 'aria-dev', spoke: 'dev', product: 'aria', namespace: 'aria', values: {} },
      ...{ releaseName: 'aria-dev', desired },
    }),
  );
  await world.settle();
  return lastPlanOf(world);
}

describe('a plan about which people are asked', () => {
  it('is the work of all who brought it about', async () => {
    const { subject, authors } = await wanting({ channel: 'dev' });
    expect(subject).toEqual({
      environment: 'dev',
      tier: 'production',
      planType: 'upgrade',
      planClass: 'ordinary',
      criticality: 'medium',
      product: 'aria',
      strategy: 'rolling',
      covered: false,
    });
    expect([...authors]).toEqual([
      ['dev-operator', 'made the release'],
      ['bob', 'put the release into the channel'],
      ['cy', 'last edited what is desired'],
    ]);
  });

  it('is not the work of who filled a channel that its entity does not follow', async () => {
    const { authors } = await wanting({ version: '1.1.0' });
    expect([...authors.keys()]).toEqual(['dev-operator', 'cy']);
  });

  it('is covered where it takes back what was approved together with it', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
    expect((await lastPlanOf(world)).subject.covered).toBe(false);
    const seen = { version: '1.0.0', revision: 1 };
    await world.result((await world.lastPlan()).id, SUCCEEDED, seen);
    await world.release('1.1.0');
    await world.settle();
    const bad = { version: '1.1.0', revision: 2, health: 'Degraded' };
    await world.result((await world.lastPlan()).id, failed('unhealthy'), bad);
    await world.settle();
    expect((await lastPlanOf(world)).subject).toMatchObject({
      planType: 'rollback',
      planClass: 'automatic_rollback',
      covered: true,
    });
  });

  it('has to be there', async () => {
    const world = await EngineWorld.build();
    const missing = world.context.store.transact((unit) => loadApprovalSubject(unit, 'x'));
    expect(await missing).toMatchObject({ ok: false, error: { code: 'plan/not_found' } });
  });
});
