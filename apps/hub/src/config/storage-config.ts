import { resolve } from 'node:path';
import { MAX_CHART_BYTES } from '@apollo-deploy/protocol';
import { Type } from 'typebox';
import { type Given, PATH, type Settings } from './setting.js';

const STORAGES = ['database', 'filesystem', 'memory'] as const;
const CHART_LIMIT_BYTES = { minimum: 1024, initial: 5 * 1024 * 1024, maximum: MAX_CHART_BYTES };
const FOLDER = {
  schema: PATH,
  accepted: 'the path of a folder, relative to the working directory or absolute',
} as const;

/** Where everything is kept, and how much of a chart. */
export interface StorageConfig {
  readonly storage: (typeof STORAGES)[number];
  /** Absent = PostgreSQL is started by the hub itself, with its data in `dataDirectory`. */
  readonly databaseUrl?: string;
  /** The role that `migrate` lets do what a hub has to do; absent = it grants nothing. */
  readonly hubRole?: string;
  readonly dataDirectory: string;
  /** Where everything is kept if `storage` is `filesystem`; one hub at a time, on a local disk. */
  readonly storageDirectory: string;
  /** The largest chart archive taken, in bytes. */
  readonly chartLimitBytes: number;
}

export const STORAGE_SETTINGS = {
  APOLLO_STORAGE: {
    schema: Type.Union(STORAGES.map((storage) => Type.Literal(storage))),
    accepted: `one of ${STORAGES.join(', ')}`,
    initial: 'database',
  },
  DATABASE_URL: {
    schema: Type.String({ pattern: '^postgres(ql)?://.' }),
    accepted: 'a URL that begins with postgres:// or postgresql://',
    secret: true,
  },
  APOLLO_HUB_ROLE: {
    schema: Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_-]{0,62}$' }),
    accepted: 'the name of a role of the database, of letters, digits, _ and -',
  },
  APOLLO_DATA_DIR: { ...FOLDER, initial: '.apollo/postgres' },
  APOLLO_STORAGE_DIR: { ...FOLDER, initial: '.apollo/storage' },
  APOLLO_CHART_LIMIT: {
    schema: Type.Integer({
      minimum: CHART_LIMIT_BYTES.minimum,
      maximum: CHART_LIMIT_BYTES.maximum,
    }),
    accepted: `a whole number of bytes from ${CHART_LIMIT_BYTES.minimum} to ${CHART_LIMIT_BYTES.maximum}`,
    initial: String(CHART_LIMIT_BYTES.initial),
    numeric: true,
  },
} as const satisfies Settings;

export function storageConfigOf(
  given: Given<keyof typeof STORAGE_SETTINGS>,
  directory: string,
): StorageConfig {
  const databaseUrl = given.get('DATABASE_URL');
  const hubRole = given.get('APOLLO_HUB_ROLE');
  return {
    storage: given.get('APOLLO_STORAGE') as StorageConfig['storage'],
    ...(databaseUrl !== undefined && { databaseUrl }),
    ...(hubRole !== undefined && { hubRole }),
    dataDirectory: resolve(directory, given.get('APOLLO_DATA_DIR') ?? ''),
    storageDirectory: resolve(directory, given.get('APOLLO_STORAGE_DIR') ?? ''),
    chartLimitBytes: Number(given.get('APOLLO_CHART_LIMIT')),
  };
}
