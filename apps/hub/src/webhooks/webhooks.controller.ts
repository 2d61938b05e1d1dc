import { randomBytes } from 'node:crypto';
import { type ToldEvent, type Webhook, webhookBody } from '@apollo-deploy/domain';
import {
  addWebhook,
  changeWebhook,
  type Context,
  noteWebhookTest,
  type Principal,
  removeWebhook,
  rotateWebhookSecret,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Delete, Get, Inject, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { HubConfig } from '../config/hub-config.js';
import { may } from '../http/access.js';
import { Caller } from '../http/caller.js';
import { SecretAnswer } from '../http/idempotency-key.js';
import { DeleteOperation, Operation, PostOperation } from '../http/operation.js';
import { IfMatch, type SeenVersion } from '../http/precondition.js';
import { accepted, found, Refused } from '../http/refused.js';
import { EVERYWHERE } from '../http/whereabouts.js';
import { CONTEXT, HUB_CONFIG } from '../platform/tokens.js';
import { ReceiverAddresses } from './receiver-addresses.js';
import {
  limitsOf,
  RotateSecretRequest,
  TestRequest,
  WebhookChangeRequest,
  WebhookRequest,
} from './webhook-requests.js';
import { WebhookSender } from './webhook-sender.js';
import {
  NewSecretView,
  newSecretView,
  TestView,
  WebhookView,
  webhookView,
} from './webhook-view.js';

const SECRET_BYTES = 32;
const OVERLAP_HOURS = 24;
const HOUR_MS = 60 * 60_000;
const ACCESS = may('webhooks', EVERYWHERE);

@ApiTags('webhooks')
@Controller('api/v1/webhooks')
export class WebhooksController {
  constructor(
    @Inject(CONTEXT) private readonly context: Context,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    @Inject(ReceiverAddresses) private readonly addresses: ReceiverAddresses,
    @Inject(WebhookSender) private readonly sender: WebhookSender,
  ) {}

  @Get()
  @Operation({ summary: 'List the webhooks', access: ACCESS, answer: WebhookView, page: true })
  async list(): Promise<{ readonly items: readonly WebhookView[] }> {
    const all = await this.context.store.transact((unit) => unit.webhooks.all());
    return { items: all.map(webhookView) };
  }

  @Post()
  @SecretAnswer(true)
  @PostOperation({
    summary: 'Have somebody outside told of what happens',
    description:
      'From now on, each in order and at least once, by the id in `webhook-id`. What is not taken is tried ten times within three days, and given up: see /api/v1/notifications.',
    access: ACCESS,
    answer: NewSecretView,
    status: 201,
    versioned: true,
  })
  async add(@Caller() caller: Principal, @Body() body: WebhookRequest): Promise<NewSecretView> {
    const { name, kind, url } = body;
    await this.refuseElsewhere(url);
    const secret = kind === 'standard' ? { secret: newSecret() } : {};
    const input = { ...{ name, kind, url }, ...limitsOf(body), ...secret };
    return newSecretView(accepted(await addWebhook(this.context, caller, input)));
  }

  @Get(':id')
  @Operation({ summary: 'Show a webhook', access: ACCESS, answer: WebhookView, versioned: true })
  async get(@Param('id') id: string): Promise<WebhookView> {
    return webhookView(await this.find(id));
  }

  @Put(':id')
  @Operation({
    summary: 'Change what a webhook is told of, where it is, and whether it is on',
    description: 'As a whole: limits that are left out are gone. Its name, kind and secret stay.',
    access: ACCESS,
    answer: WebhookView,
    versioned: true,
  })
  async change(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() body: WebhookChangeRequest,
    @IfMatch() version: SeenVersion,
  ): Promise<WebhookView> {
    const { url, on = true } = body;
    if (url !== undefined) await this.refuseElsewhere(url);
    const change = { ...limitsOf(body), on, ...(url !== undefined && { url }) };
    const seen = { id, version };
    return webhookView(accepted(await changeWebhook(this.context, caller, seen, change)));
  }

  @Post(':id/secret')
  @SecretAnswer(true)
  @PostOperation({
    summary: 'Have messages signed with another secret',
    description: 'For a while they carry two signatures, by the former secret as well.',
    access: ACCESS,
    answer: NewSecretView,
    versioned: true,
  })
  async rotate(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() { overlapHours = OVERLAP_HOURS }: RotateSecretRequest,
    @IfMatch() version: SeenVersion,
  ): Promise<NewSecretView> {
    const seen = { id, version };
    const rotation = { secret: newSecret(), overlapMs: overlapHours * HOUR_MS };
    const rotated = await rotateWebhookSecret(this.context, caller, seen, rotation);
    return newSecretView(accepted(rotated));
  }

  @Post(':id/test')
  @PostOperation({
    summary: 'Send a message to a webhook that tells of nothing, and say what came back',
    description: 'Once, at once, past what waits for it, and also where it is off.',
    access: ACCESS,
    answer: TestView,
  })
  async test(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() _body: TestRequest,
  ): Promise<TestView> {
    const webhook = accepted(await noteWebhookTest(this.context, caller, id));
    const body = webhookBody(webhook, this.testOf(webhook));
    const sent = await this.sender.send(webhook, { id: this.context.ids.next(), body });
    if (sent.ok) return { delivered: true, status: sent.value };
    return { delivered: false, detail: sent.error.detail };
  }

  @Delete(':id')
  @DeleteOperation({
    summary: 'Remove a webhook, and give up what waits for it',
    access: ACCESS,
  })
  async remove(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @IfMatch() version: SeenVersion,
  ): Promise<void> {
    const seen = { id, version };
    accepted(await removeWebhook(this.context, caller, seen));
  }

  private async find(id: string): Promise<Webhook> {
    const webhook = await this.context.store.transact((unit) => unit.webhooks.get(id));
    return found(webhook, 'webhook/not_found', `webhook ${JSON.stringify(id)}`);
  }

  /** Ends the request where messages must not go. */
  private async refuseElsewhere(url: string): Promise<void> {
    const destination = await this.addresses.find(url);
    if (destination.ok) return;
    const detail = `url: ${destination.error}`;
    throw new Refused('catalog/invalid_field', { detail, field: 'url' });
  }

  private testOf({ id, name }: Webhook): ToldEvent {
    const { clock, ids } = this.context;
    const { publicUrl } = this.config;
    return {
      ...{ event: 'webhook.tested', id: ids.next(), at: clock.now().toISOString() },
      subject: { kind: 'webhook', name, environment: 'none' },
      data: {},
      source: publicUrl ?? 'urn:apollo:hub',
      link: `${publicUrl ?? ''}/api/v1/webhooks/${id}`,
    };
  }
}

function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}
