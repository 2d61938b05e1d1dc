import type { SpokePayload } from '@apollo-deploy/protocol';
import type { Delivery } from '../hub-link/outbox.js';

/** What the executor tells the hub. */
export interface PlanReports {
  accept(message: SpokePayload<'plan.accept'>): void;
  progress(message: SpokePayload<'plan.progress'>): void;
  waiting(message: SpokePayload<'plan.waiting'>): void;
  /** Resolves once the hub has committed the verdict. */
  result(message: SpokePayload<'plan.result'>): Promise<Delivery>;
}
