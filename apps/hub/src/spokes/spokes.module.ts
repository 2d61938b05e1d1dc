import {
  type Context,
  type OrchestrationEngine,
  ReevaluationScheduler,
} from '@apollo-deploy/orchestration';
import {
  type BeforeApplicationShutdown,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { HubConfig } from '../config/hub-config.js';
import { HttpModule } from '../http/http.module.js';
import { securityHeadersOf } from '../http/security-headers.js';
import { RequestLimits } from '../limits/request-limits.js';
import { CONTEXT, ENGINE, HUB_CONFIG } from '../platform/tokens.js';
import { ChartsController } from './charts.controller.js';
import { EngineLoop } from './engine-loop.js';
import { JoinController } from './join.controller.js';
import { KeySetDelivery } from './key-set-delivery.js';
import { OutboxDelivery } from './outbox-delivery.js';
import { PresenceKeeper } from './presence-keeper.js';
import { SessionRegistry } from './session-registry.js';
import { SessionRenewal } from './session-renewal.js';
import type { ConnectionServices } from './connection-services.js';
import { SpokeUpgrade } from './spoke-upgrade.js';
import { CONNECTION_SERVICES, SpokesGateway } from './spokes.gateway.js';
import { systemTimer } from './timer.js';
import { TokenRetention } from './token-retention.js';

const machine = { timer: systemTimer, random: () => Math.random() };

/**
 * The hub's side of the spoke socket, and the loops that mark what is due and drain what is marked.
 * Needs `serveSpokeSocket(app)` before the application listens.
 */
@Module({
  imports: [HttpModule],
  controllers: [ChartsController, JoinController],
  providers: [
    { provide: SessionRegistry, useFactory: () => new SessionRegistry(systemTimer) },
    {
      provide: SpokeUpgrade,
      inject: [CONTEXT, SessionRegistry, RequestLimits, HUB_CONFIG],
      useFactory: (
        context: Context,
        sessions: SessionRegistry,
        limits: RequestLimits,
        { publicUrl }: HubConfig,
      ) =>
        new SpokeUpgrade({
          ...{ context, sessions, limits, ...machine },
          headers: securityHeadersOf(publicUrl),
          log: new Logger(SpokeUpgrade.name),
        }),
    },
    {
      provide: OutboxDelivery,
      inject: [CONTEXT, SessionRegistry],
      useFactory: (context: Context, sessions: SessionRegistry) =>
        new OutboxDelivery({ context, sessions, ...machine, log: new Logger(OutboxDelivery.name) }),
    },
    {
      provide: KeySetDelivery,
      inject: [CONTEXT, SessionRegistry],
      useFactory: (context: Context, sessions: SessionRegistry) =>
        new KeySetDelivery({ context, sessions, ...machine, log: new Logger(KeySetDelivery.name) }),
    },
    {
      provide: PresenceKeeper,
      inject: [CONTEXT, SessionRegistry],
      useFactory: (context: Context, sessions: SessionRegistry) =>
        new PresenceKeeper({ context, sessions, ...machine, log: new Logger(PresenceKeeper.name) }),
    },
    {
      provide: SessionRenewal,
      inject: [CONTEXT, SessionRegistry],
      useFactory: ({ store }: Context, sessions: SessionRegistry) =>
        new SessionRenewal({ store, sessions, log: new Logger(SessionRenewal.name) }),
    },
    {
      provide: TokenRetention,
      inject: [CONTEXT],
      useFactory: (context: Context) =>
        new TokenRetention({ context, ...machine, log: new Logger(TokenRetention.name) }),
    },
    {
      provide: EngineLoop,
      inject: [CONTEXT, ENGINE, ReevaluationScheduler],
      useFactory: (
        { store, clock }: Context,
        engine: OrchestrationEngine,
        scheduler: ReevaluationScheduler,
      ) => {
        const onEvaluated = (): void => {
          scheduler.wake();
        };
        const log = new Logger(EngineLoop.name);
        return new EngineLoop({ store, engine, onEvaluated, clock, ...machine, log });
      },
    },
    {
      provide: ReevaluationScheduler,
      inject: [CONTEXT, ENGINE],
      useFactory: (context: Context, engine: OrchestrationEngine) => {
        const log = new Logger(ReevaluationScheduler.name);
        const onFailure = (err: unknown, retryInMs: number): void => {
          log.error({ msg: 'marking what is due failed; it is tried again', err, retryInMs });
        };
        return new ReevaluationScheduler({ engine, context, timer: systemTimer, onFailure });
      },
    },
    {
      provide: CONNECTION_SERVICES,
      inject: [CONTEXT, SessionRegistry, PresenceKeeper, OutboxDelivery],
      useFactory: (
        context: Context,
        sessions: SessionRegistry,
        presence: PresenceKeeper,
        delivery: OutboxDelivery,
      ): ConnectionServices => ({
        context,
        sessions,
        heard: (spoke) => {
          presence.note(spoke);
        },
        wakeDelivery: (spoke) => {
          delivery.wake([spoke]);
        },
        ...machine,
        log: new Logger(SpokesGateway.name),
      }),
    },
    // Nest looks for gateways among classes only.
    SpokesGateway,
  ],
  exports: [SessionRegistry],
})
export class SpokesModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(SessionRegistry) private readonly sessions: SessionRegistry,
    @Inject(SessionRenewal) private readonly renewal: SessionRenewal,
    @Inject(OutboxDelivery) private readonly delivery: OutboxDelivery,
    @Inject(KeySetDelivery) private readonly keySets: KeySetDelivery,
    @Inject(PresenceKeeper) private readonly presence: PresenceKeeper,
    @Inject(TokenRetention) private readonly tokens: TokenRetention,
    @Inject(EngineLoop) private readonly engineLoop: EngineLoop,
    @Inject(ReevaluationScheduler) private readonly scheduler: ReevaluationScheduler,
  ) {}

  onApplicationBootstrap(): void {
    this.renewal.start();
    this.delivery.start();
    this.keySets.start();
    this.presence.start();
    this.tokens.start();
    this.engineLoop.start();
    this.scheduler.start();
  }

  /** While the store is still open: sessions say goodbye, and no turn is cut in half. */
  async beforeApplicationShutdown(): Promise<void> {
    this.renewal.stop();
    await Promise.all([
      this.sessions.shutDown(),
      this.engineLoop.stop(),
      this.scheduler.stop(),
      this.delivery.stop(),
      this.keySets.stop(),
      this.tokens.stop(),
    ]);
    await this.presence.stop();
  }
}
