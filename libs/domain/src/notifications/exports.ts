export { momentsOf, noticesOf, type ToldDeployment } from './notices.js';
export {
  type FailedAttempt,
  newNotification,
  type Notice,
  type Notification,
  NOTIFICATION_STATUSES,
  notificationFailed,
  notificationReplayed,
  type NotificationStatus,
  notificationStatusOf,
  notificationTaken,
  type NamedReceiver,
  type Receiver,
  RECEIVERS,
  webhookOf,
  webhookReceiver,
} from './notification.js';
