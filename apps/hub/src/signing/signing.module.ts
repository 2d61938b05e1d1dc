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
import { SigningWatch } from './signing-watch.js';

/** Whether this replica signs plans that spokes carry out. */
@Module({
  providers: [
    {
      provide: SigningWatch,
      inject: [CONTEXT],
      useFactory: (context: Context) =>
        new SigningWatch({
          ...{ context, timer: systemTimer, random: () => Math.random() },
          log: new Logger(SigningWatch.name),
        }),
    },
  ],
  exports: [SigningWatch],
})
export class SigningModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(@Inject(SigningWatch) private readonly watch: SigningWatch) {}

  onApplicationBootstrap(): void {
    this.watch.start();
  }

  /** While the store is still open. */
  beforeApplicationShutdown(): Promise<void> {
    return this.watch.stop();
  }
}
