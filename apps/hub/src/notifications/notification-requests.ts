import {
  NOTIFICATION_STATUSES,
  type NotificationStatus,
  type Receiver,
  RECEIVERS,
} from '@apollo-deploy/domain';
import type { NotificationFilter } from '@apollo-deploy/orchestration';
import { ChoiceField, NameField } from '../http/field.js';
import { PageQuery } from '../http/page-query.js';

export class NotificationQuery extends PageQuery {
  @ChoiceField({
    choices: NOTIFICATION_STATUSES,
    optional: true,
    description: 'dead: those that were given up.',
  })
  status?: NotificationStatus;

  @ChoiceField({ choices: RECEIVERS, optional: true })
  receiver?: Receiver;

  @NameField({ optional: true })
  environment?: string;
}

/** Nothing more is to be said. */
export class ReplayRequest {}

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
