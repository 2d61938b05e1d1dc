/** The plan was written at the same moment; the message is not acknowledged and comes again. */
export class PlanMovedError extends Error {
  override readonly name = 'PlanMovedError';
  readonly retryable = true;

  constructor(planId: string) {
    super(`plan ${planId} was written at the same time; its result comes again`);
  }
}
