import { type Webhook, WEBHOOK_EVENTS, WEBHOOK_KINDS } from '@apollo-deploy/domain';
import { shownUrl } from '@apollo-deploy/orchestration';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class WebhookView {
  @ApiProperty()
  id!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ enum: WEBHOOK_KINDS })
  kind!: string;

  @ApiProperty({ description: 'Where the kind is slack, only its origin: the rest is a secret.' })
  url!: string;

  @ApiPropertyOptional({ enum: WEBHOOK_EVENTS, isArray: true, description: 'Absent = of all.' })
  events?: readonly string[];

  @ApiPropertyOptional({ type: [String], description: 'Absent = of all.' })
  environments?: readonly string[];

  @ApiPropertyOptional({ type: [String], description: 'Absent = of all.' })
  products?: readonly string[];

  @ApiProperty({ description: 'Whether anybody is told there.' })
  on!: boolean;

  @ApiPropertyOptional({ description: 'Why nobody is told there.' })
  offReason?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  offAt?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Until when messages are signed with the secret of before as well.',
  })
  formerSecretUntil?: string;

  @ApiProperty()
  createdBy!: string;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ description: 'Also the ETag.' })
  version!: number;
}

export class NewSecretView extends WebhookView {
  @ApiPropertyOptional({
    description:
      'What messages are signed with (Standard Webhooks 1.0). Shown this once. Absent where the kind is slack.',
  })
  secret?: string;
}

export class TestView {
  @ApiProperty({ description: 'Whether the receiver has taken it.' })
  delivered!: boolean;

  @ApiPropertyOptional({ description: 'What came back, where it was taken.' })
  status?: number;

  @ApiPropertyOptional({ description: 'Why it was not taken.' })
  detail?: string;
}

export function webhookView(webhook: Webhook): WebhookView {
  const { secret: _, formerSecret, off, ...shown } = webhook;
  return {
    ...shown,
    ...{ url: shownUrl(webhook), on: off === undefined },
    ...(off !== undefined && { offReason: off.reason, offAt: off.at }),
    ...(formerSecret !== undefined && { formerSecretUntil: formerSecret.until }),
  };
}

export function newSecretView(webhook: Webhook): NewSecretView {
  const { secret } = webhook;
  return { ...webhookView(webhook), ...(secret !== undefined && { secret }) };
}
