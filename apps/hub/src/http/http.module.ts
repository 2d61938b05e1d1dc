import type { Context } from '@apollo-deploy/orchestration';
import {
  type BeforeApplicationShutdown,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import {
  APP_FILTER,
  APP_GUARD,
  APP_INTERCEPTOR,
  APP_PIPE,
  HttpAdapterHost,
  Reflector,
} from '@nestjs/core';
import type { HubConfig } from '../config/hub-config.js';
import { CONTEXT, HUB_CONFIG } from '../platform/tokens.js';
import { RequestLimits } from '../limits/request-limits.js';
import { JwtVerifier } from '../jwt/jwt-verifier.js';
import { TokenUses } from '../people/token-uses.js';
import { SigningModule } from '../signing/signing.module.js';
import { systemTimer } from '../spokes/timer.js';
import { AnswerRetention } from './answer-retention.js';
import { AuthenticateGuard } from './authenticate.guard.js';
import { EtagInterceptor } from './etag.interceptor.js';
import { HealthController } from './health.controller.js';
import { IdentifySession } from '../login/identify-session.js';
import { IdentifyPerson } from './identify-person.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { OpenAnswers } from './open-answers.js';
import { PreconditionGuard } from './precondition.js';
import { ProblemFilter } from './problem.filter.js';
import { Readiness } from './readiness.js';
import { RequestShapePipe } from './request-shape.pipe.js';
import { type RoutedServer, servedMethods } from './served-methods.js';
import { UploadInterceptor } from './upload.interceptor.js';

/** What every request passes: who is it, what does it hold, was it here before, what went wrong. */
@Module({
  imports: [SigningModule],
  controllers: [HealthController],
  exports: [IdentifySession, OpenAnswers, RequestLimits],
  providers: [
    { provide: Readiness, useFactory: () => new Readiness() },
    {
      provide: APP_FILTER,
      inject: [HttpAdapterHost],
      useFactory: ({ httpAdapter }: HttpAdapterHost) =>
        new ProblemFilter((path) => servedMethods(httpAdapter.getInstance<RoutedServer>(), path)),
    },
    {
      provide: APP_GUARD,
      inject: [Reflector, CONTEXT, IdentifyPerson, RequestLimits],
      useFactory: (
        reflector: Reflector,
        context: Context,
        people: IdentifyPerson,
        limits: RequestLimits,
      ) => new AuthenticateGuard(reflector, context, people, limits),
    },
    // After who may: what a request asks for says nothing to those who may not.
    {
      provide: APP_GUARD,
      inject: [Reflector],
      useFactory: (reflector: Reflector) => new PreconditionGuard(reflector),
    },
    {
      provide: RequestLimits,
      inject: [HUB_CONFIG, CONTEXT],
      useFactory: (config: HubConfig, { clock }: Context) =>
        new RequestLimits({
          config,
          now: () => clock.now().getTime(),
          log: new Logger(RequestLimits.name),
        }),
    },
    {
      provide: TokenUses,
      inject: [CONTEXT],
      useFactory: (context: Context) =>
        new TokenUses({
          context,
          timer: systemTimer,
          random: () => Math.random(),
          log: new Logger(TokenUses.name),
        }),
    },
    {
      provide: IdentifyPerson,
      inject: [CONTEXT, HUB_CONFIG, TokenUses, IdentifySession],
      useFactory: (
        context: Context,
        { login, jwt }: HubConfig,
        uses: TokenUses,
        sessions: IdentifySession,
      ) => {
        const { clock } = context;
        const jwts = jwt === undefined ? undefined : new JwtVerifier({ config: jwt, clock });
        return new IdentifyPerson(context, login, uses, jwts, sessions);
      },
    },
    {
      provide: IdentifySession,
      inject: [CONTEXT, HUB_CONFIG],
      useFactory: (context: Context, config: HubConfig) => new IdentifySession(context, config),
    },
    {
      provide: OpenAnswers,
      inject: [CONTEXT],
      useFactory: (context: Context) =>
        new OpenAnswers({
          context,
          timer: systemTimer,
          random: () => Math.random(),
          log: new Logger(OpenAnswers.name),
        }),
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
  constructor(
    @Inject(AnswerRetention) private readonly retention: AnswerRetention,
    @Inject(TokenUses) private readonly uses: TokenUses,
    @Inject(OpenAnswers) private readonly answers: OpenAnswers,
  ) {}

  onApplicationBootstrap(): void {
    this.retention.start();
    this.uses.start();
    this.answers.start();
  }

  /** While the store is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.retention.stop(), this.uses.stop(), this.answers.stop()]);
  }
}
