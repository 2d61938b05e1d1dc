import {
  followsRule,
  NAME_RULES,
  WEBHOOK_EVENTS,
  WEBHOOK_KINDS,
  type Webhook,
  type WebhookEvent,
} from '@apollo-deploy/domain';
import { ChoiceField, Field, FlagField, IntegerField, NameField } from '../http/field.js';

const URL_MAX = 2048;
const LIST_MAX = 100;
const HOURS_MAX = 168;

const URL_RULE = {
  accepted: `https:// and a host, with a path and a query if need be, at most ${URL_MAX} characters, without a name, a password and #; http:// on this machine only, where the hub is in local mode`,
  schema: { type: String, format: 'uri', maxLength: URL_MAX },
  secret: true,
  check: isReceiverUrl,
} as const;

function isReceiverUrl(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > URL_MAX) return false;
  if (!/^https?:\/\/[\x21-\x7e]+$/.test(value) || /[#\\]/.test(value)) return false;
  if (!URL.canParse(value)) return false;
  const { username, password } = new URL(value);
  return username === '' && password === '';
}

function ListField(
  items: string,
  description: string,
  is: (text: string) => boolean,
): PropertyDecorator {
  const rule = {
    accepted: `a list of 1 to ${LIST_MAX} ${items}`,
    schema: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: LIST_MAX },
    check: (value: unknown): boolean =>
      Array.isArray(value) &&
      value.length >= 1 &&
      value.length <= LIST_MAX &&
      new Set(value).size === value.length &&
      value.every((text) => typeof text === 'string' && is(text)),
  } as const;
  return Field(rule, { optional: true, description });
}

const isName = (text: string): boolean => followsRule(text, NAME_RULES.name);
const isEvent = (text: string): boolean => (WEBHOOK_EVENTS as readonly string[]).includes(text);

/** What a webhook is told of. */
class WebhookLimits {
  @ListField(`different events of ${WEBHOOK_EVENTS.join(', ')}`, 'Absent = of all.', isEvent)
  events?: readonly WebhookEvent[];

  @ListField('different names', 'Only of these environments; absent = of all.', isName)
  environments?: readonly string[];

  @ListField('different names', 'Only of these products; absent = of all.', isName)
  products?: readonly string[];
}

export class WebhookRequest extends WebhookLimits {
  @NameField({ description: 'What you call it. It stays.' })
  name!: string;

  @ChoiceField({
    choices: WEBHOOK_KINDS,
    description:
      'standard: CloudEvents 1.0 by Standard Webhooks 1.0, signed. slack: a message for an incoming webhook of Slack, or whatever reads {"text": …}.',
  })
  kind!: Webhook['kind'];

  @Field(URL_RULE, { description: 'Where it listens. Its address has to be a public one.' })
  url!: string;
}

/** A webhook as a whole: limits that are left out are gone. */
export class WebhookChangeRequest extends WebhookLimits {
  @Field(URL_RULE, { optional: true, description: 'Absent = where it is.' })
  url?: string;

  @FlagField({
    optional: true,
    description: 'false: nobody is told there, and what waits is given up. Absent = true.',
  })
  on?: boolean;
}

export class RotateSecretRequest {
  @IntegerField({
    ...{ minimum: 0, maximum: HOURS_MAX, optional: true },
    description: 'So long messages are signed with the former secret as well. Absent = 24.',
  })
  overlapHours?: number;
}

/** Nothing more is to be said. */
export class TestRequest {}

/** Only what was said of the limits. */
export function limitsOf({
  events,
  environments,
  products,
}: WebhookLimits): Pick<WebhookLimits, 'events' | 'environments' | 'products'> {
  return {
    ...(events !== undefined && { events }),
    ...(environments !== undefined && { environments }),
    ...(products !== undefined && { products }),
  };
}
