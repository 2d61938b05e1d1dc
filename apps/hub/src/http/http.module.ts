import type { Context } from '@apollo-deploy/orchestration';
import {
  type BeforeApplicationShutdown,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, Reflector } from '@nestjs/core';
import type { HubConfig } from '../config/hub-config.js';
import { CONTEXT, HUB_CONFIG } from '../platform/tokens.js';
import { systemTimer } from '../spokes/timer.js';
import { AnswerRetention } from './answer-retention.js';
import { AuthenticateGuard } from './authenticate.guard.js';
import { EtagInterceptor } from './etag.interceptor.js';
import { HealthController } from './health.controller.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { ProblemFilter } from './problem.filter.js';
import { Readiness } from './readiness.js';
import { RequestShapePipe } from './request-shape.pipe.js';
import { UploadInterceptor } from './upload.interceptor.js';

/** What every request passes: who is it, what does it hold, was it here before, what went wrong. */
@Module({
  controllers: [HealthController],
  providers: [
    { provide: Readiness, useFactory: () => new Readiness() },
    { provide: APP_FILTER, useFactory: () => new ProblemFilter() },
    {
      provide: APP_GUARD,
      inject: [Reflector, CONTEXT],
      useFactory: (reflector: Reflector, context: Context) =>
        new AuthenticateGuard(reflector, context),
    },
    // In this order: a repeated answer has its ETag, a repeated upload is known by its bytes.
    {
      provide: APP_INTERCEPTOR,
      inject: [Reflector],
      useFactory: (reflector: Reflector) => new EtagInterceptor(reflector),
    },
    {
      provide: APP_INTERCEPTOR,
      inject: [Reflector, HUB_CONFIG],
      useFactory: (reflector: Reflector, { chartLimitBytes }: HubConfig) =>
        new UploadInterceptor(reflector, chartLimitBytes),
    },
    {
      provide: APP_INTERCEPTOR,
      inject: [Reflector, CONTEXT],
      useFactory: (reflector: Reflector, context: Context) =>
        new IdempotencyInterceptor(reflector, context),
    },
    {
      provide: AnswerRetention,
      inject: [CONTEXT],
      useFactory: (context: Context) =>
        new AnswerRetention({
          context,
          timer: systemTimer,
          random: () => Math.random(),
          log: new Logger(AnswerRetention.name),
        }),
    },
    { provide: APP_PIPE, useFactory: () => new RequestShapePipe() },
  ],
})
export class HttpModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(@Inject(AnswerRetention) private readonly retention: AnswerRetention) {}

  onApplicationBootstrap(): void {
    this.retention.start();
  }

  /** While the store is still open. */
  beforeApplicationShutdown(): Promise<void> {
    return this.retention.stop();
  }
}
