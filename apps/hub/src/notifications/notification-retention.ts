import { HourlyForgetting, type HourlyForgettingOptions } from '../spokes/hourly-forgetting.js';

const DELIVERED_KEPT_DAYS = 7;
/** So long somebody has time to find out why nobody took it, and to replay it. */
const DEAD_KEPT_DAYS = 90;
const DAY_MS = 24 * 60 * 60_000;
/** So many are taken out at a time. */
const BATCH = 1000;

/** Forgets notifications that were delivered a week ago, or given up three months ago. */
export class NotificationRetention extends HourlyForgetting {
  constructor(options: HourlyForgettingOptions) {
    super(
      {
        name: 'notifications',
        keptHours: DELIVERED_KEPT_DAYS * 24,
        forgetBefore: async (unit, delivered) => {
          const more = (DEAD_KEPT_DAYS - DELIVERED_KEPT_DAYS) * DAY_MS;
          const dead = new Date(Date.parse(delivered) - more).toISOString();
          return (await unit.notifications.forget({ delivered, dead }, BATCH)) === BATCH;
        },
      },
      options,
    );
  }
}
