import { HourlyForgetting, type HourlyForgettingOptions } from '../spokes/hourly-forgetting.js';

/** How long an event is kept at least, in hours. */
export const EVENTS_KEPT_HOURS = 24;

/** Forgets events that are older than a day. */
export class EventRetention extends HourlyForgetting {
  constructor(options: HourlyForgettingOptions) {
    super(
      {
        name: 'events',
        keptHours: EVENTS_KEPT_HOURS,
        forgetBefore: async (unit, instant) => {
          await unit.events.forgetBefore(instant);
          return false;
        },
      },
      options,
    );
  }
}
