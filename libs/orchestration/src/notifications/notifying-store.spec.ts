import { describe, expect, it } from '@jest/globals';
import { type Notification, type Receiver, RECEIVERS } from '@apollo-deploy/domain';
import { aDeployment } from '@apollo-deploy/domain/testing';
import { VirtualClock } from '../ports/clock.js';
import { CountingIds } from '../ports/ids.js';
import { InMemoryStore } from '../ports/in-memory/in-memory-store.js';
import type { Store } from '../ports/store.js';
import { DeploymentWorld } from '../testing/deployment-world.js';
import { failed } from '../testing/engine-world.js';
import { NotifyingStore } from './notifying-store.js';

function notifying(receivers: readonly Receiver[] = RECEIVERS): Store {
  const clock = new VirtualClock(new Date('2026-01-05T09:00:00.000Z'));
  return new NotifyingStore(new InMemoryStore(), { receivers, clock, ids: new CountingIds() });
}
const build = (receivers?: readonly Receiver[]) => DeploymentWorld.build({}, notifying(receivers));

async function written(store: Store): Promise<readonly Notification[]> {
  const { items } = await store.transact((unit) => unit.notifications.list({}, { limit: 100 }));
  return [...items].sort((a, b) => a.sequence - b.sequence);
}
/** What is told, in the order in which it was written. */
async function told(store: Store): Promise<readonly string[]> {
  return (await written(store)).map(({ receiver, body }) => {
    const { message, level, content, type, event_type: event, data } = body;
    return `${receiver}: ${JSON.stringify([message ?? content ?? event, level ?? type ?? data])}`;
  });
}

describe('what others are told of a deployment', () => {
  it('is that it started and that it is done, each once, however often it was looked at', async () => {
    const world = await build();
    const { id } = await world.deploy({ version: '1.0.0' });
    await world.succeed('1.0.0', 1);
    await world.lookOn();
    const { store } = world.engine.context;
    expect(await told(store)).toEqual([
      'event_bus: ["deployment_started",{"service":"aria","env":"dev"}]',
      'hermes: ["✅ Deployed aria to dev","success"]',
      'lcis: ["Successfully deployed aria to dev using rolling strategy","success"]',
      'event_bus: ["deployment_completed",{"service":"aria","env":"dev","duration":15}]',
    ]);
    expect(await written(store)).toMatchObject(
      Array.from({ length: 4 }, () => ({ deployment: id, environment: 'dev', attempts: 0 })),
    );
  });

  it('is all at once where it runs already', async () => {
    const world = await build(['event_bus']);
    await world.deploy({ version: '1.0.0' });
    await world.succeed('1.0.0', 1);
    await world.lookOn();
    await world.deploy({ version: '1.0.0' });
    expect((await told(world.engine.context.store)).slice(2)).toEqual([
      'event_bus: ["deployment_started",{"service":"aria","env":"dev"}]',
      'event_bus: ["deployment_completed",{"service":"aria","env":"dev","duration":0}]',
    ]);
  });

  it('is why it failed', async () => {
    const world = await build(['hermes', 'lcis']);
    await world.deploy({ version: '1.0.0' });
    const plan = await world.engine.lastPlan();
    await world.engine.result(plan.id, failed('refused'));
    await world.follow();
    const why = `aria-dev: plan ${plan.id} is FAILED (refused): pod aria-1 is in CrashLoopBackOff`;
    expect(await told(world.engine.context.store)).toEqual([
      expect.stringContaining(`hermes: ["❌ Deployment failed: aria to dev - ${why}`),
      expect.stringContaining(`lcis: ["Deployment failed: aria to dev - ${why}`),
    ]);
  });

  it('is a hotfix before anything is done for it', async () => {
    const world = await build(['hermes', 'lcis']);
    await world.engine.entity({ version: '1.1.0' });
    const hotfix = { kind: 'hotfix', strategy: 'immediate', reason: 'Critical auth bug' } as const;
    await world.request(hotfix);
    expect(await told(world.engine.context.store)).toEqual([
      'hermes: ["⚠️ HOTFIX initiated for aria: Critical auth bug","warning"]',
      'lcis: ["HOTFIX to PROD: aria - Reason: Critical auth bug","warning"]',
    ]);
  });

  it('is that it is rolled back, and that it was', async () => {
    const world = await build(['hermes', 'lcis']);
    await world.engine.entity({ version: '1.1.0' });
    await world.deploy({ kind: 'rollback', version: '1.0.0' });
    await world.succeed('1.0.0', 1);
    await world.lookOn();
    expect(await told(world.engine.context.store)).toEqual([
      'hermes: ["🔄 Rolling back aria to 1.0.0","warning"]',
      'lcis: ["Rolled back aria to 1.0.0","success"]',
    ]);
  });

  it('is nothing where nobody is there to be told', async () => {
    const world = await build([]);
    await world.deploy({ version: '1.0.0' });
    expect(await told(world.engine.context.store)).toEqual([]);
  });

  it('is nothing where it was not kept: its place is taken, or it has changed meanwhile', async () => {
    const store = notifying();
    await store.transact((unit) => unit.deployments.insert(aDeployment()));
    await store.transact((unit) => unit.deployments.insert(aDeployment({ id: 'other' })));
    await store.transact((unit) =>
      unit.deployments.save(aDeployment({ status: 'deploying', version: 7 })),
    );
    expect(await told(store)).toEqual([]);
  });
});
