import {
  type Notification,
  NOTIFICATION_STATUSES,
  notificationStatusOf,
  RECEIVERS,
} from '@apollo-deploy/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class NotificationView {
  @ApiProperty()
  id!: string;

  @ApiProperty({ description: `One of ${RECEIVERS.join(', ')}, or webhook/ and its id.` })
  receiver!: string;

  @ApiProperty({ enum: NOTIFICATION_STATUSES })
  status!: string;

  @ApiProperty({ description: 'Its place: each receiver is told in the order of these numbers.' })
  sequence!: number;

  @ApiPropertyOptional({ description: 'The deployment that it tells of, if of any.' })
  deployment?: string;

  @ApiProperty()
  environment!: string;

  @ApiProperty({ type: Object, description: 'What the receiver is told, word for word.' })
  body!: object;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ description: 'How often it was tried, since its last replay.' })
  attempts!: number;

  @ApiPropertyOptional({ format: 'date-time', description: 'When it is tried next.' })
  nextAttemptAt?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  deliveredAt?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'When it was given up.' })
  deadAt?: string;

  @ApiPropertyOptional({ description: 'What the last attempt came to that failed.' })
  lastError?: string;
}

export function notificationView(notification: Notification): NotificationView {
  const { triedSince: _, ...shown } = notification;
  return { ...shown, status: notificationStatusOf(notification) };
}
