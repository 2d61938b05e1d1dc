import type { Values } from '../catalog/entity.js';
import type { PlanContent } from '../plans/plan.js';

/** A backup of what runs on an entity, made or asked for before it is changed. */
export interface BackupRecord {
  readonly entity: string;
  /** Identity of the release head that it is of. */
  readonly releaseDigest: string;
  readonly status: 'requested' | 'done' | 'failed';
  /** Who makes it. */
  readonly by: string;
  /** When it came to this status. RFC 3339. */
  readonly at: string;
  /** What it holds, and by that what it does not, in a sentence. */
  readonly covers: string;
  /** Why it failed. */
  readonly detail?: string;
  /**
   * How often somebody else was asked to make it; more than once where a hub ended before it heard the
   * answer, so that as many may have been made. Absent: nobody was.
   */
  readonly asked?: number;
  /** From here on they may have been asked the last time. RFC 3339. */
  readonly askedAt?: string;
  /** What was kept, where the hub keeps it itself. */
  readonly snapshot?: {
    readonly chart: NonNullable<PlanContent['chart']>;
    readonly values: Values;
  };
}

/** What a deployment says of an entity for which the backup failed that had to be made first. */
export function tellUnbacked({ by, detail }: Pick<BackupRecord, 'by' | 'detail'>): string {
  return `the backup by ${by} failed, so nothing was deployed: ${detail ?? 'it did not say why'}`;
}

const RETRY_MS = 10 * 60_000;

/** When one that failed is asked for again. RFC 3339. */
export function nextTryAt({ at }: BackupRecord): string {
  return new Date(Date.parse(at) + RETRY_MS).toISOString();
}
