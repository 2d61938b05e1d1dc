/** Why a folder cannot be used as it is. */
export type FolderRefusalReason = 'in_use' | 'damaged' | 'too_new' | 'path_too_long';

/**
 * The folder cannot be used as it is, and nothing in it was changed. The message says what to do.
 * Trying again by itself does not help: somebody must act.
 */
export class StorageFolderRefused extends Error {
  override readonly name = 'StorageFolderRefused';
  readonly retryable = false;

  constructor(
    readonly reason: FolderRefusalReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Where in which file something was found. */
export interface FilePlace {
  readonly file: string;
  /** Bytes from the start of the file. */
  readonly offset: number;
}

export function damaged({ file, offset }: FilePlace, found: string): StorageFolderRefused {
  return new StorageFolderRefused(
    'damaged',
    `${file} is damaged at byte ${offset}: ${found}. Nothing was changed. Restore the whole folder ` +
      'from a backup, or set APOLLO_STORAGE_DIR to an empty folder to begin anew',
  );
}

export function tooNew(file: string, found: string): StorageFolderRefused {
  return new StorageFolderRefused(
    'too_new',
    `${file} was written by a newer version of Apollo (${found}). Nothing was changed. Start that ` +
      'version, or set APOLLO_STORAGE_DIR to another folder',
  );
}
