import type { BackupRecord, Refusal } from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import type { Store } from '../ports/store.js';

/** What is to be kept, and where it runs. */
export interface BackupRequest extends BackupRecord {
  /** The product, which others call a service. */
  readonly service: string;
  readonly environment: string;
}

/** Whoever makes backups of what runs. */
export interface BackupProvider {
  readonly name: string;
  /** What its backups hold, and by that what they do not, in a sentence. */
  readonly covers: string;
  /** Makes one; asked for the same again, after a crash say, it may make it again. */
  take(
    context: { readonly store: Store },
    request: BackupRequest,
  ): Promise<Result<Pick<BackupRecord, 'snapshot'>, Pick<Refusal, 'detail'>>>;
}
