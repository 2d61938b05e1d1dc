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
import { BackupLoop } from './backup-loop.js';

/** The loops that ask and tell others outside. */
@Module({
  providers: [
    {
      provide: BackupLoop,
      inject: [CONTEXT],
      useFactory: (context: Context) =>
        new BackupLoop({ context, timer: systemTimer, log: new Logger(BackupLoop.name) }),
    },
  ],
})
export class IntegrationsModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(@Inject(BackupLoop) private readonly backups: BackupLoop) {}

  onApplicationBootstrap(): void {
    this.backups.start();
  }

  /** While the store is still open. */
  beforeApplicationShutdown(): Promise<void> {
    return this.backups.stop();
  }
}
