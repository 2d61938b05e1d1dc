import { HourlyForgetting, type HourlyForgettingOptions } from '../spokes/hourly-forgetting.js';

/** How long a day is counted at least, in hours: 400 days, the longest range that can be asked for. */
const COUNTERS_KEPT_HOURS = 400 * 24;
/** How many counters one transaction takes out. */
export const COUNTERS_AT_ONCE = 5000;

/** Forgets what was counted on days that nobody can ask for together with today. */
export class CounterRetention extends HourlyForgetting {
  constructor(options: HourlyForgettingOptions) {
    super(
      {
        name: 'counters',
        keptHours: COUNTERS_KEPT_HOURS,
        forgetBefore: async (unit, instant) => {
          const day = instant.slice(0, 'YYYY-MM-DD'.length);
          const count = await unit.analytics.forgetBefore(day, COUNTERS_AT_ONCE);
          return count === COUNTERS_AT_ONCE;
        },
      },
      options,
    );
  }
}
