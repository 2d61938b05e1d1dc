import type { BackupRecord, Refusal } from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';

/** Whoever makes backups of what runs. */
export interface BackupProvider {
  readonly name: string;
  /** What its backups hold, and by that what they do not, in a sentence. */
  readonly covers: string;
  /** Makes one; asked for the same again, after a crash say, it may make it again. */
  take(
    context: Context,
    request: BackupRecord,
  ): Promise<Result<Pick<BackupRecord, 'snapshot'>, Pick<Refusal, 'detail'>>>;
}
