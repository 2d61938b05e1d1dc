import { beforeEach, describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '../ports/event-log.js';
import { must } from '../testing/engine-world.js';
import { ProductionWorld } from '../testing/production-world.js';

let scene: ProductionWorld;
beforeEach(async () => {
  scene = await ProductionWorld.build();
});

async function newest(type: string): Promise<StoredEvent | undefined> {
  return (await scene.world.engine.events()).findLast((event) => event.type === type);
}

describe('what is announced of a promotion', () => {
  it('that waits for people says what would run, who asked for it, and why', async () => {
    await scene.inDev('1.0.0');
    const { id } = must(await scene.promote({ reason: 'tested' }));
    await scene.world.follow();
    expect((await newest('plan.approval_requested'))?.data).toMatchObject({
      ...{ rule: 'production', roles: ['sre'], people: 1, by: 'engine' },
      ...{ version: '1.0.0', fromVersion: null },
      ...{ deployment: id, kind: 'promote', requestedBy: 'dev-operator', reason: 'tested' },
    });
  });

  it('whose place a hotfix takes names that one', async () => {
    await scene.promoted('1.0.0');
    await scene.inDev('1.1.0');
    await scene.prod.heard();
    must(await scene.promote());
    await scene.world.follow();
    const { deployment } = must(await scene.hotfix({ version: '1.1.0' }));
    await scene.world.follow();
    expect((await newest('deployment.failed'))?.data).toMatchObject({
      ...{ kind: 'promote', version: '1.1.0', supersededBy: deployment.id },
    });
  });

  it('shows where its notes were cut', async () => {
    await scene.inDev('1.0.0');
    must(await scene.promote({ reason: 'w'.repeat(600) }));
    const { notes } = (await newest('deployment.pending'))?.data ?? {};
    expect(notes).toBe(`Promoted from dev: ${'w'.repeat(481)}…`);
  });
});
