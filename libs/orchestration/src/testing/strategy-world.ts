import {
  type BackupRecord,
  DECLARED_STRATEGIES,
  type Deployment,
  type Environment,
  type Plan,
} from '@apollo-deploy/domain';
import { sha256Hex } from '@apollo-deploy/kernel';
import { registerRelease } from '../catalog/register-release.js';
import type { DeploymentRequest } from '../pipeline/request-deployment.js';
import type { Store } from '../ports/store.js';
import { DeploymentWorld } from './deployment-world.js';
import { type EngineWorld, must, PERSON, SUCCEEDED } from './engine-world.js';

/** What people have set at `aria-dev`. */
export const OWN_VALUES = { replicas: 4 };

/** Registers a version of `aria`, whose chart declares every strategy that can be declared. */
export async function registerDeclaring(
  { context }: EngineWorld,
  version = '1.2.0',
): Promise<void> {
  const product = 'aria';
  must(
    await registerRelease(context, PERSON, {
      ...{ product, version, dependencies: [], strategies: DECLARED_STRATEGIES },
      chart: { name: product, version, sha256: sha256Hex(`${product} ${version}`), size: 4 },
      bytes: new Uint8Array([1, 2, 3, 4]),
    }),
  );
}

/** The releases that these plans go on from; a backup is of one of them. */
export function basesOf(
  plans: readonly Plan[],
): readonly Pick<BackupRecord, 'entity' | 'releaseDigest'>[] {
  return plans.flatMap(({ entity, content: { base } }) =>
    base === null ? [] : [{ entity, releaseDigest: base.releaseDigest }],
  );
}

/** `aria` 1.0.0 runs in `dev`, and there is 1.2.0, whose chart declares its strategies. */
export class StrategyWorld {
  private revision = 1;

  private constructor(readonly world: DeploymentWorld) {}

  static async build(
    store?: Store,
    environment: Partial<Environment> = {},
  ): Promise<StrategyWorld> {
    const world = await DeploymentWorld.build(environment, store);
    const { engine } = world;
    await registerDeclaring(engine);
    await engine.entity({ version: '1.0.0' }, OWN_VALUES);
    await engine.settle();
    const seen = { version: '1.0.0', revision: 1, values: OWN_VALUES };
    await engine.result((await engine.lastPlan()).id, SUCCEEDED, seen);
    await engine.settle();
    return new StrategyWorld(world);
  }

  deploy(strategy: DeploymentRequest['strategy']): Promise<Deployment> {
    return this.world.deploy({ version: '1.2.0', strategy });
  }

  /** The newest plan succeeds with what it brings. */
  async bring(health = 'Healthy'): Promise<Plan> {
    const { engine } = this.world;
    const plan = await engine.lastPlan();
    this.revision += 1;
    const version = plan.to?.version ?? '';
    const seen = { version, revision: this.revision, values: plan.values, health };
    await engine.result(plan.id, SUCCEEDED, seen);
    await this.world.follow();
    return plan;
  }

  /** What runs is looked at until there is something else to do. */
  async lookOn(): Promise<void> {
    await this.world.lookOn();
    await this.world.follow();
  }

  /** The newest plan succeeds, and what it brought does well. */
  async bringWell(): Promise<Plan> {
    const plan = await this.bring();
    await this.lookOn();
    return plan;
  }
}
