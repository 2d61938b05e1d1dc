import {
  type Context,
  type Page,
  type Principal,
  replayNotification,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { HubConfig } from '../config/hub-config.js';
import { unsetReceivers } from '../config/integrations-config.js';
import { may } from '../http/access.js';
import { Caller, Seen, type SeenEnvironments } from '../http/caller.js';
import { Operation, PostOperation } from '../http/operation.js';
import { mapPage, pageOf } from '../http/page-query.js';
import { accepted, found } from '../http/refused.js';
import { environmentOfQuery, notificationOfPath } from '../http/whereabouts.js';
import { CONTEXT, HUB_CONFIG } from '../platform/tokens.js';
import { notificationFilter, NotificationQuery, ReplayRequest } from './notification-requests.js';
import { NotificationView, notificationView } from './notification-view.js';

@ApiTags('notifications')
@Controller('api/v1/notifications')
export class NotificationsController {
  constructor(
    @Inject(CONTEXT) private readonly context: Context,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {}

  @Get()
  @Operation({
    summary: 'List what others are told of deployments, and were told lately',
    description: 'Kept for a week once delivered, and for 90 days once given up.',
    access: may('view', environmentOfQuery),
    answer: NotificationView,
    page: true,
    refuses: ['catalog/environment_not_found'],
  })
  async list(
    @Seen() seen: SeenEnvironments,
    @Query() query: NotificationQuery,
  ): Promise<Page<NotificationView>> {
    const page = await this.context.store.transact((unit) =>
      unit.notifications.list(notificationFilter(query, seen), pageOf(query)),
    );
    return mapPage(page, notificationView);
  }

  @Get(':id')
  @Operation({
    summary: 'Show a notification',
    access: may('view', notificationOfPath),
    answer: NotificationView,
    refuses: ['notification/not_found'],
  })
  async get(@Param('id') id: string): Promise<NotificationView> {
    const notification = await this.context.store.transact((unit) => unit.notifications.get(id));
    const what = `notification ${JSON.stringify(id)}`;
    return notificationView(found(notification, 'notification/not_found', what));
  }

  @Post(':id/replay')
  @PostOperation({
    summary: 'Have a notification told once more that was given up, or delivered',
    description: 'It is told at once, before all that came after it in the line of its receiver.',
    access: may('deploy', notificationOfPath),
    answer: NotificationView,
    refuses: ['notification/not_found', 'notification/waiting', 'notification/nobody_listens'],
  })
  async replay(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() _body: ReplayRequest,
  ): Promise<NotificationView> {
    const unset = unsetReceivers(this.config.integrations);
    const replayed = await replayNotification(this.context, caller, id, unset);
    return notificationView(accepted(replayed));
  }
}
