import {
  type AlarmLoop,
  type Context,
  RecurringScheduleService,
} from '@apollo-deploy/orchestration';
import {
  type BeforeApplicationShutdown,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CONTEXT } from '../platform/tokens.js';
import { systemTimer } from '../spokes/timer.js';
import { occurrenceLoop } from './occurrence-loop.js';
import { SchedulesController } from './schedules.controller.js';
import { WindowsController } from './windows.controller.js';

const OCCURRENCE_LOOP = Symbol('OccurrenceLoop');

/** When change is allowed, and acting on it as it begins. */
@Module({
  controllers: [SchedulesController, WindowsController],
  providers: [
    {
      provide: RecurringScheduleService,
      inject: [CONTEXT],
      useFactory: (context: Context) => new RecurringScheduleService(context),
    },
    {
      provide: OCCURRENCE_LOOP,
      inject: [CONTEXT, RecurringScheduleService],
      useFactory: ({ clock }: Context, service: RecurringScheduleService) =>
        occurrenceLoop({
          service,
          clock,
          timer: systemTimer,
          log: new Logger(RecurringScheduleService.name),
        }),
    },
  ],
})
export class SchedulesModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(@Inject(OCCURRENCE_LOOP) private readonly loop: AlarmLoop) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  /** While the store is still open. */
  beforeApplicationShutdown(): Promise<void> {
    return this.loop.stop();
  }
}
