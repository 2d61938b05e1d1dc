import type { Refusal, StoredConstraint } from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
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

/** Makes recurring maintenance windows for environments. */
export class RecurringScheduleService {
  constructor(private readonly context: Context) {}

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
