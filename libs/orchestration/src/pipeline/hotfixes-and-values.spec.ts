import { beforeEach, describe, expect, it } from '@jest/globals';
import { restoredValues, type Values } from '@apollo-deploy/domain';
import { putEntity } from '../catalog/put-entity.js';
import type { Principal } from '../ports/principal.js';
import { must, PERSON } from '../testing/engine-world.js';
import { ProductionWorld } from '../testing/production-world.js';

const DEVELOPER: Principal = { kind: 'person', name: 'rv-dev', roles: ['developer'] };

let scene: ProductionWorld;
/** 1.0.0 runs in `prod` with two replicas; 1.0.1 is registered, and was nowhere yet. */
beforeEach(async () => {
  scene = await ProductionWorld.build();
  await scene.promoted('1.0.0');
  await scene.prod.want({ version: '1.0.0' }, { replicas: 2 });
  await scene.finishInProd();
  await scene.world.engine.register('aria', '1.0.1');
});

async function staged(by: Principal, values: Values): Promise<void> {
  const { context, clock } = scene.world.engine;
  clock.advance(1000);
  const entity = await context.store.transact((unit) => unit.entities.get('aria-prod'));
  if (entity === undefined) throw new Error('aria-prod is not there');
  must(await putEntity(context, by, { ...entity, values }));
  await scene.world.follow();
}

describe('values that wait for somebody to agree to them', () => {
  it('do not ride along with a hotfix that somebody else asks for', async () => {
    await staged(DEVELOPER, { replicas: 2, config: 'evil' });
    const { deployment } = must(await scene.hotfix({ version: '1.0.1' }));
    expect(restoredValues(deployment)).toEqual([
      {
        entity: 'aria-prod',
        changes: [{ path: 'config', change: 'removed', before: 'evil' }],
        more: 0,
      },
    ]);
    await scene.finishInProd();
    expect(await scene.prod.lastPlan()).toMatchObject({
      ...{ planClass: 'hotfix', to: { version: '1.0.1' }, values: { replicas: 2 } },
    });
    expect(await scene.world.stored(deployment.id)).toMatchObject({ status: 'completed' });
    expect((await scene.world.engine.view('aria-prod')).entity.values).toEqual({ replicas: 2 });
  });

  it('are there again where the hotfix gives way before it has gone out', async () => {
    await staged(DEVELOPER, { replicas: 9 });
    must(await scene.hotfix({ version: '1.0.1' }));
    await scene.world.engine.register('aria', '1.0.2');
    const { deployment } = must(await scene.hotfix({ version: '1.0.2' }));
    expect(restoredValues(deployment)).toMatchObject([
      { changes: [{ path: 'replicas', before: 9, after: 2 }] },
    ]);
  });

  it('are the own ones of who asks for the hotfix, and go with it', async () => {
    await staged(PERSON, { replicas: 9 });
    const { deployment } = must(await scene.hotfix({ version: '1.0.1' }));
    expect(restoredValues(deployment)).toEqual([]);
    await scene.world.follow();
    expect((await scene.prod.lastPlan()).values).toEqual({ replicas: 9 });
  });

  it('are waited for where nothing ever succeeded that could go in their place', async () => {
    await staged(DEVELOPER, { replicas: 9 });
    const { context } = scene.world.engine;
    await context.store.transact((unit) => unit.baselines.removeOf('aria-prod'));
    const asked = must(await scene.hotfix({ version: '1.0.1', waives: ['approval', 'window'] }));
    expect(asked).toMatchObject({
      waives: ['window'],
      notWaived:
        'approval is not waived: nothing has succeeded on aria-prod yet, and rv-dev has set its values; let somebody who may agree to them approve the plan',
    });
  });
});
