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
import { systemTimer } from '../spokes/timer.js';
import { EventFeed } from './event-feed.js';
import { EventRetention } from './event-retention.js';
import { EventStreams } from './event-streams.js';
import { EventsController } from './events.controller.js';

const machine = { timer: systemTimer, random: () => Math.random() };

/** Live events for people and programs, and the loop that forgets old ones. */
@Module({
  imports: [HttpModule],
  controllers: [EventsController],
  providers: [
    {
      provide: EventFeed,
      inject: [CONTEXT],
      useFactory: ({ store }: Context) =>
        new EventFeed({ store, ...machine, log: new Logger(EventFeed.name) }),
    },
    {
      provide: EventStreams,
      inject: [EventFeed, OpenAnswers],
      useFactory: (feed: EventFeed, answers: OpenAnswers) => {
        const log = new Logger(EventStreams.name);
        return new EventStreams({ feed, answers, timer: machine.timer, log });
      },
    },
    {
      provide: EventRetention,
      inject: [CONTEXT],
      useFactory: (context: Context) =>
        new EventRetention({ context, ...machine, log: new Logger(EventRetention.name) }),
    },
  ],
})
export class EventsModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(EventFeed) private readonly feed: EventFeed,
    @Inject(EventStreams) private readonly streams: EventStreams,
    @Inject(EventRetention) private readonly retention: EventRetention,
  ) {}

  onApplicationBootstrap(): void {
    this.feed.start();
    this.retention.start();
  }

  /** While the store is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.streams.shutDown();
    await Promise.all([this.feed.stop(), this.retention.stop()]);
  }
}
