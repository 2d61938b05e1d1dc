import type { Refusal, StoredConstraint } from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import { type ClaimedOccurrences, OccurrenceClaims } from '../scheduling/claim-occurrences.js';
import { addConstraint } from './add-constraint.js';

export interface NewSchedule {
  readonly name: string;
  /** Five fields. */
  readonly cron: string;
  readonly durationHours: number;
  /** IANA; UTC if absent. */
  readonly timezone?: string;
  /** Names of environments. */
  readonly environments: readonly string[];
}

/** Makes recurring maintenance windows for environments, and acts on their openings. */
export class RecurringScheduleService {
  private readonly occurrences: OccurrenceClaims;

  constructor(private readonly context: Context) {
    this.occurrences = new OccurrenceClaims(context);
  }

  /**
   * Acts on the openings that have begun, each once for ever over all replicas: it is written to the
   * audit trail, and entities that waited for it are evaluated. Call it again at `next`.
   */
  claimOccurrences(): Promise<ClaimedOccurrences> {
    return this.occurrences.claimDue();
  }

  /** An allow window of the environments' layer. Refused like any constraint. */
  createSchedule(
    principal: Principal,
    { name, cron, durationHours, timezone, environments }: NewSchedule,
  ): Promise<Result<StoredConstraint, Refusal>> {
    return addConstraint(this.context, principal, {
      name,
      kind: 'maintenance_window',
      spec: {
        layer: 'environment',
        cron,
        durationHours,
        ...(timezone !== undefined && { timezone }),
      },
      scope: { environments },
    });
  }
}
