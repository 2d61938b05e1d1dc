import type { Deployment, Environment, Refusal } from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import { followDeployments } from '../pipeline/follow-deployments.js';
import type { FollowTools } from '../pipeline/follow-tools.js';
import { HealthAsks } from '../pipeline/health-asks.js';
import { showDeployment, type ShownDeployment } from '../pipeline/read-deployments.js';
import { type DeploymentRequest, requestDeployment } from '../pipeline/request-deployment.js';
import type { Store } from '../ports/store.js';
import { EngineWorld, must, type Outside, PERSON, SUCCEEDED } from './engine-world.js';

const REQUEST: DeploymentRequest = {
  kind: 'deploy',
  service: 'aria',
  environment: 'dev',
  version: '1.0.0',
  strategy: 'rolling',
};

/** An engine world in which deployments are asked for and followed. */
export class DeploymentWorld {
  tools: FollowTools = { settlingMs: 15_000 };

  private constructor(readonly engine: EngineWorld) {}

  /** Where nothing is installed, and the spoke has said so. */
  static async build(
    environment: Partial<Environment> = {},
    store?: Store,
    outside?: Outside,
  ): Promise<DeploymentWorld> {
    const engine = await EngineWorld.build(environment, store, outside);
    await engine.connect();
    await engine.report({});
    return new DeploymentWorld(engine);
  }

  request(change: Partial<DeploymentRequest> = {}): Promise<Result<Deployment, Refusal>> {
    return requestDeployment(this.engine.context, PERSON, { ...REQUEST, ...change }, this.tools);
  }

  /** As `request`, of whatever the channel brings: no version is named. */
  requestNewest(change: Partial<DeploymentRequest> = {}): Promise<Result<Deployment, Refusal>> {
    const { version: _, ...request } = REQUEST;
    return requestDeployment(this.engine.context, PERSON, { ...request, ...change }, this.tools);
  }

  /** As `deploy`, of whatever the channel brings: no version is named. */
  async deployNewest(change: Partial<DeploymentRequest> = {}): Promise<Deployment> {
    const { id } = must(await this.requestNewest(change));
    await this.follow();
    return this.stored(id);
  }

  /** Asks for a deployment, and lets everybody do what there is to be done for it now. */
  async deploy(change: Partial<DeploymentRequest> = {}): Promise<Deployment> {
    const { id } = must(await this.request(change));
    await this.follow();
    return this.stored(id);
  }

  /** The engine and the follower do what there is to be done, until neither finds anything. */
  async follow(replica = 'replica-1'): Promise<Date | undefined> {
    await this.engine.settle();
    const next = await this.turns(replica);
    await this.engine.settle();
    return next;
  }

  /** The follower takes deployments on until nobody is asked for anything any more. */
  async turns(holder: string): Promise<Date | undefined> {
    const { context } = this.engine;
    const asks = new HealthAsks(context);
    for (;;) {
      const next = await followDeployments(context, { tools: this.tools, asks, holder });
      if (!(await asks.settled())) return next;
    }
  }

  /** The newest plan succeeds, and what it brought runs. */
  async succeed(version: string, revision: number, health = 'Healthy'): Promise<void> {
    const { id } = await this.engine.lastPlan();
    await this.engine.result(id, SUCCEEDED, { version, revision, health });
    await this.follow();
  }

  /** Looks are taken as they become due, until nothing more is to be looked at. */
  async lookOn(): Promise<void> {
    for (;;) {
      const next = await this.follow();
      if (next === undefined) return;
      await this.engine.goTo(next.toISOString());
    }
  }

  async stored(id: string): Promise<Deployment> {
    return (await this.shown(id)).deployment;
  }

  async shown(id: string): Promise<ShownDeployment> {
    const shown = await showDeployment(this.engine.context, id, this.tools);
    if (shown === undefined) throw new Error(`no deployment ${id}`);
    return shown;
  }
}
