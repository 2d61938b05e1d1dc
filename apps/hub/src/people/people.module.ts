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
import { AccessRetention } from './access-retention.js';
import { PeopleController } from './people.controller.js';
import { TokensController } from './tokens.controller.js';

/** Who may act here, and the tokens by which they do. */
@Module({
  controllers: [PeopleController, TokensController],
  providers: [
    {
      provide: AccessRetention,
      inject: [CONTEXT],
      useFactory: (context: Context) =>
        new AccessRetention({
          context,
          timer: systemTimer,
          random: () => Math.random(),
          log: new Logger(AccessRetention.name),
        }),
    },
  ],
})
export class PeopleModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(@Inject(AccessRetention) private readonly retention: AccessRetention) {}

  onApplicationBootstrap(): void {
    this.retention.start();
  }

  /** While the store is still open. */
  beforeApplicationShutdown(): Promise<void> {
    return this.retention.stop();
  }
}
