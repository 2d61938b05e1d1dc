import { join, resolve } from 'node:path';
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.js';

/** A folder with the programs of one PostgreSQL: `bin`, `lib` and `share`. */
export interface PostgresBinaries {
  readonly directory: string;
  readonly initdb: string;
  readonly postgres: string;
}

export function binariesIn(directory: string): PostgresBinaries {
  const program = (name: string): string => join(directory, 'bin', name);
  return { directory, initdb: program('initdb'), postgres: program('postgres') };
}

/**
 * The binaries for this machine, from the optional package for its platform. Throws
 * `EmbeddedPostgresFailed` where there is none.
 */
export async function findPostgresBinaries(
  platform = `${process.platform}-${process.arch}`,
): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${platform}`;
  let found: unknown;
  try {
    found = await import(name);
  } catch (cause) {
    throw new EmbeddedPostgresFailed(
      `there is no PostgreSQL for ${platform} among the installed packages (${name}); ` +
        'set DATABASE_URL to a PostgreSQL server of your own, or use APOLLO_STORAGE=memory',
      { cause },
    );
  }
  if (!hasPostgres(found)) {
    throw new EmbeddedPostgresFailed(
      `${name} does not say where its programs are; install the version named in package-lock.json`,
    );
  }
  return binariesIn(resolve(found.postgres, '..', '..'));
}

function hasPostgres(found: unknown): found is { readonly postgres: string } {
  return (
    typeof found === 'object' &&
    found !== null &&
    'postgres' in found &&
    typeof found.postgres === 'string'
  );
}
