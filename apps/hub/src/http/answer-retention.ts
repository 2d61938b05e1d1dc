import { HourlyForgetting, type HourlyForgettingOptions } from '../spokes/hourly-forgetting.js';

/** How long the answer to a request with an idempotency key is kept at least, in hours. */
export const ANSWERS_KEPT_HOURS = 24;

/** Forgets answers that were kept for repetitions and are older than a day. */
export class AnswerRetention extends HourlyForgetting {
  constructor(options: HourlyForgettingOptions) {
    super(
      {
        name: 'answers',
        keptHours: ANSWERS_KEPT_HOURS,
        forgetBefore: async (unit, instant) => {
          await unit.idempotency.forgetBefore(instant);
          return false;
        },
      },
      options,
    );
  }
}
