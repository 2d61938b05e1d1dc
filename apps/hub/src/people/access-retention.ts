import { HourlyForgetting, type HourlyForgettingOptions } from '../spokes/hourly-forgetting.js';

/** How long tokens and logins are kept after their end, in days: who looks into something finds them. */
const KEPT_DAYS = 30;
/** So many of each go in one transaction. */
const BATCH = 500;

/** Forgets API tokens and logins that ended long ago; the audit trail keeps what was done with them. */
export class AccessRetention extends HourlyForgetting {
  constructor(options: HourlyForgettingOptions) {
    super(
      {
        name: 'tokens and logins of people',
        keptHours: KEPT_DAYS * 24,
        forgetBefore: async (unit, instant) => {
          const hasTokens = await unit.tokens.forgetBefore(instant, BATCH);
          return (await unit.loginSessions.forgetBefore(instant, BATCH)) || hasTokens;
        },
      },
      options,
    );
  }
}
