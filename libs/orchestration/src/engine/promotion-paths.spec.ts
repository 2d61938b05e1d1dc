import { PROMOTION_PATHS, type PromotionPath, tellPath } from '@apollo-deploy/domain';
import { expect, it } from '@jest/globals';
import { EngineWorld, must, SUCCEEDED } from '../testing/engine-world.js';
import { OtherSpoke } from '../testing/other-spoke.js';

/** `aria` 1.0.0 runs in production, nothing below it, and only these promotion paths are open. */
async function hubWith(...open: readonly string[]) {
  const promotionPaths: readonly PromotionPath[] = PROMOTION_PATHS.filter((path) =>
    open.includes(tellPath(path)),
  );
  const world = await EngineWorld.build({}, undefined, { promotionPaths });
  await world.connect();
  await world.report({});
  await world.person('sre-1', 'sre');
  const staging = await OtherSpoke.join(world, 'staging', 'staging');
  await staging.report();
  const prod = await OtherSpoke.join(world, 'prod', 'production');
  await prod.report({ version: '1.0.0', revision: 1 });
  return new Paths(world, staging, prod);
}

class Paths {
  constructor(
    readonly world: EngineWorld,
    readonly staging: OtherSpoke,
    readonly prod: OtherSpoke,
  ) {}

  /** 1.1.0 succeeds in development and is Healthy there. */
  async provenInDevelopment(): Promise<void> {
    await this.world.entity({ version: '1.1.0' });
    await this.settle();
    const plan = (await this.world.plans()).find(({ spoke }) => spoke === 'dev');
    await this.world.result(plan?.id ?? '', SUCCEEDED, { version: '1.1.0', revision: 1 });
    await this.settle();
  }

  async provenInStaging(): Promise<void> {
    await this.staging.want({ version: '1.1.0' });
    await this.settle();
    const { id } = await this.staging.lastPlan();
    await this.staging.succeed(id, { version: '1.1.0', revision: 1 });
    await this.settle();
  }

  async wantedInProduction(): Promise<void> {
    await this.prod.want({ version: '1.1.0' });
    await this.settle();
  }

  /** Why the plan for production waits. */
  async reasons(): Promise<readonly unknown[]> {
    const { violations } = await this.prod.lastPlan();
    return violations.map(({ code, message, data }) => ({ code, message, data }));
  }

  private async settle(): Promise<void> {
    await this.world.settle();
    await this.world.approveAll('sre-1');
  }
}

it('takes no proof for production from development where no path leads from there', async () => {
  const paths = await hubWith('dev → staging', 'staging → prod');
  await paths.provenInDevelopment();
  await paths.staging.want({ absent: true });
  await paths.wantedInProduction();
  const held = [
    {
      code: 'promoted',
      message:
        'this chart of aria 1.1.0 has succeeded and been Healthy in dev, and no promotion path is open for dev → prod: let it run in staging first',
      data: {
        product: 'aria',
        version: '1.1.0',
        lowerEnvironments: ['staging'],
        closedPaths: ['dev → prod'],
      },
    },
  ];
  expect(await paths.reasons()).toEqual(held);
  const { unmet } = must(await paths.world.engine.explain((await paths.prod.lastPlan()).id));
  expect(unmet).toMatchObject(held.map(({ code, message }) => ({ code, message })));
  await paths.provenInStaging();
  expect(await paths.prod.lastPlan()).toMatchObject({ state: 'EXECUTING' });
});

it('lets go what has proven itself in development while a path leads from there', async () => {
  const paths = await hubWith('dev → prod');
  await paths.provenInDevelopment();
  await paths.wantedInProduction();
  expect(await paths.prod.lastPlan()).toMatchObject({ state: 'EXECUTING' });
});

it('names the tier in which the product has no entity yet', async () => {
  const paths = await hubWith('dev → staging', 'staging → prod');
  await paths.provenInDevelopment();
  await paths.wantedInProduction();
  expect(await paths.reasons()).toMatchObject([
    {
      message:
        'this chart of aria 1.1.0 has succeeded and been Healthy in dev, and no promotion path is open for dev → prod: no staging environment has an entity of aria; give it one there (PUT /api/v1/entities/{name}) and let it run first',
    },
  ]);
});

it('holds whatever is new to production where no path leads there at all', async () => {
  const paths = await hubWith('dev → staging');
  await paths.provenInDevelopment();
  await paths.provenInStaging();
  await paths.wantedInProduction();
  expect(await paths.reasons()).toMatchObject([
    {
      message:
        'this chart of aria 1.1.0 has succeeded and been Healthy in dev and staging, and no promotion path is open for dev → prod and staging → prod: no promotion path at all leads there; have one opened (GET /rules lists those that are), or break glass for it',
      data: { lowerEnvironments: [], closedPaths: ['dev → prod', 'staging → prod'] },
    },
  ]);
});
