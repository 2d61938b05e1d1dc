import type { Context } from '@apollo-deploy/orchestration';
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
import { NotificationLoops } from './notification-loops.js';
import { NotificationRetention } from './notification-retention.js';
import { NotificationsController } from './notifications.controller.js';

const machine = { timer: systemTimer, random: () => Math.random() };

/** What others outside are told of deployments: how it gets there, and what did not. */
@Module({
  controllers: [NotificationsController],
  providers: [
    {
      provide: NotificationLoops,
      inject: [CONTEXT, HUB_CONFIG],
      useFactory: (context: Context, { integrations }: HubConfig) => {
        const log = new Logger(NotificationLoops.name);
        return new NotificationLoops({ context, told: integrations.told, ...machine, log });
      },
    },
    {
      provide: NotificationRetention,
      inject: [CONTEXT],
      useFactory: (context: Context) => {
        const log = new Logger(NotificationRetention.name);
        return new NotificationRetention({ context, ...machine, log });
      },
    },
  ],
})
export class NotificationsModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(NotificationLoops) private readonly loops: NotificationLoops,
    @Inject(NotificationRetention) private readonly retention: NotificationRetention,
  ) {}

  onApplicationBootstrap(): void {
    this.loops.start();
    this.retention.start();
  }

  /** While the store is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.loops.stop(), this.retention.stop()]);
  }
}
