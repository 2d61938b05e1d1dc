import type { Context } from '@apollo-deploy/orchestration';
import {
  type BeforeApplicationShutdown,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CONTEXT } from '../platform/tokens.js';
import { systemTimer } from '../spokes/timer.js';
import { AnalyticsController } from './analytics.controller.js';
import { CounterRetention } from './counter-retention.js';

/** Figures about what has happened, and the loop that forgets old ones. */
@Module({
  controllers: [AnalyticsController],
  providers: [
    {
      provide: CounterRetention,
      inject: [CONTEXT],
      useFactory: (context: Context) =>
        new CounterRetention({
          context,
          timer: systemTimer,
          random: () => Math.random(),
          log: new Logger(CounterRetention.name),
        }),
    },
  ],
})
export class AnalyticsModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(@Inject(CounterRetention) private readonly retention: CounterRetention) {}

  onApplicationBootstrap(): void {
    this.retention.start();
  }

  /** While the store is still open. */
  beforeApplicationShutdown(): Promise<void> {
    return this.retention.stop();
  }
}
