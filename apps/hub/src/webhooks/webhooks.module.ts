import type { Context } from '@apollo-deploy/orchestration';
import {
  type BeforeApplicationShutdown,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { HubConfig } from '../config/hub-config.js';
import { CONTEXT, HUB_CONFIG } from '../platform/tokens.js';
import { systemTimer } from '../spokes/timer.js';
import { ReceiverAddresses } from './receiver-addresses.js';
import { WebhookLines } from './webhook-lines.js';
import { WebhookSender } from './webhook-sender.js';
import { WebhooksController } from './webhooks.controller.js';

const machine = { timer: systemTimer, random: () => Math.random() };

/** Those outside who are told of what happens, by webhooks that people add. */
@Module({
  controllers: [WebhooksController],
  providers: [
    {
      provide: ReceiverAddresses,
      inject: [HUB_CONFIG],
      useFactory: ({ webhooks, login }: HubConfig) =>
        new ReceiverAddresses({ ...webhooks, isLocal: login === 'local' }),
    },
    {
      provide: WebhookSender,
      inject: [CONTEXT, ReceiverAddresses],
      useFactory: ({ clock }: Context, addresses: ReceiverAddresses) =>
        new WebhookSender({ addresses, clock, timer: systemTimer }),
    },
    {
      provide: WebhookLines,
      inject: [CONTEXT, WebhookSender],
      useFactory: (context: Context, sender: WebhookSender) => {
        const log = new Logger(WebhookLines.name);
        return new WebhookLines({ context, sender, ...machine, log });
      },
    },
  ],
})
export class WebhooksModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(@Inject(WebhookLines) private readonly lines: WebhookLines) {}

  onApplicationBootstrap(): void {
    this.lines.start();
  }

  /** While the store is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.lines.stop();
  }
}
