import type { Context } from '@apollo-deploy/orchestration';
import {
  type BeforeApplicationShutdown,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { OpenAnswers } from '../http/open-answers.js';
import { CONTEXT } from '../platform/tokens.js';
import { BackgroundLoop } from '../spokes/background-loop.js';
import { SessionRegistry } from '../spokes/session-registry.js';
import { SpokesModule } from '../spokes/spokes.module.js';
import { systemTimer } from '../spokes/timer.js';
import { AuditController } from './audit.controller.js';
import { AuditExport } from './audit-export.js';
import { auditLoop } from './audit-loop.js';
import { HeadDelivery } from './head-delivery.js';

/** Who did what, when, and the loop that chains it and tells spokes how far. */
@Module({
  imports: [HttpModule, SpokesModule],
  controllers: [AuditController],
  providers: [
    {
      provide: BackgroundLoop,
      inject: [CONTEXT, SessionRegistry],
      useFactory: (context: Context, sessions: SessionRegistry) => {
        const log = new Logger('AuditLoop');
        const heads = new HeadDelivery(sessions, context);
        return auditLoop({ context, heads, timer: systemTimer, random: () => Math.random(), log });
      },
    },
    {
      provide: AuditExport,
      inject: [OpenAnswers],
      useFactory: (answers: OpenAnswers) => new AuditExport(answers, new Logger(AuditExport.name)),
    },
  ],
})
export class AuditModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(@Inject(BackgroundLoop) private readonly loop: BackgroundLoop) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  /** While the store is still open. */
  beforeApplicationShutdown(): Promise<void> {
    return this.loop.stop();
  }
}
