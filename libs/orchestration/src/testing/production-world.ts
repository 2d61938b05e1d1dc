import type { Refusal, Deployment } from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import { type HotfixRequest, requestHotfix } from '../pipeline/hotfix.js';
import type { RequestedHotfix } from '../pipeline/hotfix-break-glass.js';
import { promote, type PromotionRequest } from '../pipeline/promote.js';
import { rollBack, type RollbackRequest } from '../pipeline/roll-back.js';
import type { Store } from '../ports/store.js';
import { DeploymentWorld } from './deployment-world.js';
import { failed, must, PERSON } from './engine-world.js';
import { OtherSpoke } from './other-spoke.js';

/** Where `aria` goes from `dev` to `prod`, whose plans an sre agrees to. */
export class ProductionWorld {
  private revision = 0;

  private constructor(
    readonly world: DeploymentWorld,
    readonly prod: OtherSpoke,
  ) {}

  static async build(store?: Store): Promise<ProductionWorld> {
    const world = await DeploymentWorld.build({}, store);
    const { engine } = world;
    await engine.person('sre-1', 'sre');
    const prod = await OtherSpoke.join(engine, 'prod', 'production');
    await prod.report();
    await prod.want({ absent: true });
    return new ProductionWorld(world, prod);
  }

  /** A version is deployed to `dev` and completes there. */
  async inDev(version: string): Promise<Deployment> {
    const { id } = await this.world.deploy({ version });
    this.revision += 1;
    await this.world.succeed(version, this.revision);
    await this.world.lookOn();
    return this.world.stored(id);
  }

  /** A version is deployed to `dev`, fails, and goes back by itself to another one. */
  async failsInDev(version: string, back: string): Promise<Deployment> {
    const { engine } = this.world;
    const { id } = await this.world.deploy({ version });
    const bad = { version, revision: this.next(), status: 'failed', health: 'Degraded' };
    await engine.result((await engine.lastPlan()).id, failed('unhealthy'), bad);
    await this.world.follow();
    await this.world.succeed(back, this.next());
    await this.world.lookOn();
    return this.world.stored(id);
  }

  promote(change: Partial<PromotionRequest> = {}): Promise<Result<Deployment, Refusal>> {
    const { engine, tools } = this.world;
    const asked = { service: 'aria', from: 'dev', to: 'prod', ...change };
    return promote(engine.context, PERSON, asked, tools);
  }

  rollBack(change: Partial<RollbackRequest> = {}): Promise<Result<Deployment, Refusal>> {
    const { engine, tools } = this.world;
    return rollBack(engine.context, PERSON, { service: 'aria', ...change }, tools);
  }

  /** Asked for by who may break glass, and not agree to plans, or by somebody else. */
  hotfix(
    change: Partial<HotfixRequest> = {},
    by = PERSON,
  ): Promise<Result<RequestedHotfix, Refusal>> {
    const { engine, tools } = this.world;
    const asked: HotfixRequest = {
      ...{ service: 'aria', environment: 'prod' },
      reason: 'Critical auth bug affecting all users',
      waives: ['window', 'soak', 'promoted', 'health'],
      ...change,
    };
    return requestHotfix(engine.context, by, asked, tools);
  }

  /** The sre agrees to what waits for people; it goes, succeeds, and is looked at until it is known to do. */
  async finishInProd(): Promise<void> {
    const { engine } = this.world;
    await this.world.follow();
    await engine.approveAll('sre-1');
    await this.world.follow();
    const { id, content, values } = await this.prod.lastPlan();
    const version = content.chart?.version ?? '';
    await this.prod.succeed(id, { version, values, revision: this.next() });
    await this.lookOn();
  }

  /** Both spokes are heard while time goes on from look to look. */
  async lookOn(): Promise<void> {
    for (;;) {
      const next = await this.world.follow();
      if (next === undefined) return;
      await this.world.engine.goTo(next.toISOString());
      await this.prod.heard();
    }
  }

  /** A version goes all the way from `dev` to `prod`. */
  async promoted(version: string): Promise<Deployment> {
    await this.inDev(version);
    await this.prod.heard();
    const { id } = must(await this.promote());
    await this.finishInProd();
    return this.world.stored(id);
  }

  private next(): number {
    this.revision += 1;
    return this.revision;
  }
}
