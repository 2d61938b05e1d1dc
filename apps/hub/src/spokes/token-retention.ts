import { HourlyForgetting, type HourlyForgettingOptions } from './hourly-forgetting.js';

/** Forgets join tokens and session tokens that nobody accepts any more: for an hour already. */
export class TokenRetention extends HourlyForgetting {
  constructor(options: HourlyForgettingOptions) {
    super(
      {
        name: 'tokens',
        keptHours: 1,
        forgetBefore: async (unit, instant) => {
          await unit.sessionTokens.forgetBefore(instant);
          await unit.joinTokens.forgetBefore(instant);
          return false;
        },
      },
      options,
    );
  }
}
