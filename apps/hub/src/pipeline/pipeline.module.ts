import { hasEnded } from '@apollo-deploy/domain';
import { type Context, DeploymentFollower, type FollowTools } from '@apollo-deploy/orchestration';
import {
  type BeforeApplicationShutdown,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { HubConfig } from '../config/hub-config.js';
import { CONTEXT, HUB_CONFIG } from '../platform/tokens.js';
import { systemTimer } from '../spokes/timer.js';
import { AwaitedAnswer } from './awaited-answer.js';
import { DeploymentWaits } from './deployment-waits.js';
import { DeploymentsController } from './deployments.controller.js';
import { FOLLOW_TOOLS } from './follow-tools.token.js';
import { PipelineController } from './pipeline.controller.js';
import { PromotionsController } from './promotions.controller.js';

/** What people ask to be deployed, and the loop that sees it through. */
@Module({
  controllers: [PipelineController, PromotionsController, DeploymentsController],
  providers: [
    {
      provide: FOLLOW_TOOLS,
      inject: [HUB_CONFIG],
      useFactory: ({ deployments }: HubConfig): FollowTools => deployments,
    },
    {
      provide: DeploymentFollower,
      inject: [CONTEXT, FOLLOW_TOOLS],
      useFactory: (context: Context, tools: FollowTools) => {
        const log = new Logger(DeploymentFollower.name);
        return new DeploymentFollower({
          ...{ context, tools, timer: systemTimer },
          onFailure: (err, retryInMs) => {
            log.error({ msg: 'following deployments failed; it is tried again', err, retryInMs });
          },
        });
      },
    },
    {
      provide: DeploymentWaits,
      inject: [CONTEXT],
      useFactory: ({ store }: Context) =>
        new DeploymentWaits({
          store,
          endedAmong: (ids) => endedAmong(store, ids),
          timer: systemTimer,
          random: () => Math.random(),
          log: new Logger(DeploymentWaits.name),
        }),
    },
    {
      provide: AwaitedAnswer,
      inject: [CONTEXT, FOLLOW_TOOLS, DeploymentWaits],
      useFactory: (context: Context, tools: FollowTools, waits: DeploymentWaits) =>
        new AwaitedAnswer(context, tools, waits),
    },
  ],
})
export class PipelineModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(DeploymentFollower) private readonly follower: DeploymentFollower,
    @Inject(DeploymentWaits) private readonly waits: DeploymentWaits,
  ) {}

  onApplicationBootstrap(): void {
    this.follower.start();
    this.waits.start();
  }

  /** While the store is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.follower.stop(), this.waits.stop()]);
  }
}

function endedAmong(store: Context['store'], ids: readonly string[]): Promise<readonly string[]> {
  return store.transact(async ({ deployments }) => {
    const ended: string[] = [];
    for (const id of ids) {
      const deployment = await deployments.get(id);
      if (deployment !== undefined && hasEnded(deployment.status)) ended.push(id);
    }
    return ended;
  });
}
