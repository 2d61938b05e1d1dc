import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Deployment } from '@apollo-deploy/domain';
import { must } from '../testing/engine-world.js';
import { OtherSpoke } from '../testing/other-spoke.js';
import { ProductionWorld } from '../testing/production-world.js';

let scene: ProductionWorld;
/** 1.0.0 and 1.1.0 completed in `prod`; then spoke `edge` has joined it. */
let edge: OtherSpoke;
beforeEach(async () => {
  scene = await ProductionWorld.build();
  await scene.promoted('1.0.0');
  await scene.promoted('1.1.0');
  edge = await OtherSpoke.joinIn(scene.world.engine, 'edge', 'prod');
  await edge.report();
});

const ASKED = {
  promotion: async () => must(await scene.promote()),
  hotfix: async () => must(await scene.hotfix({ version: '1.0.0' })).deployment,
  rollback: async () => must(await scene.rollBack()),
} as const;
const KINDS = ['promotion', 'hotfix', 'rollback'] as const;

const placesOf = ({ targets }: Deployment) =>
  targets.map(({ entity, wave }) => `${entity} (${String(wave)})`);

const desiredOf = async (entity: string) => (await scene.world.engine.view(entity)).entity.desired;

describe.each(KINDS)('a %s of a service that runs beside a spoke without it', (kind) => {
  it('stays where it runs', async () => {
    const deployment = await ASKED[kind]();
    expect(placesOf(deployment)).toEqual(['aria-prod (0)']);
  });

  it('leaves alone what a person has set absent', async () => {
    await edge.want({ absent: true });
    const deployment = await ASKED[kind]();
    await scene.world.follow();
    expect(placesOf(deployment)).toEqual(['aria-prod (0)']);
    expect(await desiredOf('aria-edge')).toEqual({ absent: true });
  });

  it('shows on one that runs it first how it does, however it is called', async () => {
    await edge.want({ version: '1.1.0' });
    const deployment = await ASKED[kind]();
    expect(placesOf(deployment)).toEqual(['aria-prod (0)', 'aria-edge (1)']);
  });
});

describe('where a service has no entity that is to run anything', () => {
  async function takenOut(): Promise<void> {
    await scene.prod.want({ absent: true });
    await scene.world.engine.settle();
  }

  it.each([
    {
      name: 'a rollback',
      asked: () => scene.rollBack({ environment: 'prod' }),
      detail:
        'aria is installed nowhere in prod, and a rollback installs nothing; bring it there with POST /promote',
    },
    {
      name: 'a rollback to a version',
      asked: () => scene.rollBack({ environment: 'prod', targetVersion: '1.0.0' }),
      detail:
        'aria is installed nowhere in prod, and a rollback installs nothing; bring it there with POST /promote',
    },
    {
      name: 'a hotfix',
      asked: () => scene.hotfix({ version: '1.0.0' }),
      detail:
        'aria is installed nowhere in prod, and a hotfix installs nothing; bring it there with POST /promote',
    },
  ])('$name is refused', async ({ asked, detail }) => {
    await takenOut();
    expect(await asked()).toEqual({
      ok: false,
      error: { code: 'deployment/not_installed', detail, field: 'service' },
    });
  });

  it('a promotion installs it again where it was, and not beside it', async () => {
    await takenOut();
    expect(placesOf(must(await scene.promote()))).toEqual(['aria-prod (0)']);
  });
});
