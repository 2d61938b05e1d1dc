import {
  NOTIFICATION_STATUSES,
  type NotificationStatus,
  type Receiver,
  RECEIVERS,
  webhookOf,
} from '@apollo-deploy/domain';
import type { NotificationFilter } from '@apollo-deploy/orchestration';
import { ChoiceField, Field, NameField } from '../http/field.js';
import { PageQuery } from '../http/page-query.js';

export class NotificationQuery extends PageQuery {
  @ChoiceField({
    choices: NOTIFICATION_STATUSES,
    optional: true,
    description: 'dead: those that were given up.',
  })
  status?: NotificationStatus;

  @Field(
    {
      accepted: `one of ${RECEIVERS.join(', ')}, or webhook/ and the id of a webhook`,
      schema: { type: String, maxLength: 128 },
      check: isReceiver,
    },
    { optional: true },
  )
  receiver?: Receiver;

  @NameField({ optional: true })
  environment?: string;
}

/** Nothing more is to be said. */
export class ReplayRequest {}

function isReceiver(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > 128) return false;
  return (RECEIVERS as readonly string[]).includes(value) || Boolean(webhookOf(value));
}

/** Those of a list that its reader sees; `seen` absent = all. */
export function notificationFilter(
  { status, receiver, environment }: NotificationQuery,
  seen: readonly string[] | undefined,
): NotificationFilter {
  return {
    ...(status !== undefined && { status }),
    ...(receiver !== undefined && { receiver }),
    ...(environment !== undefined && { environment }),
    ...(seen !== undefined && { environments: seen }),
  };
}
