import { resolve } from 'node:path';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { MAX_CHART_BYTES } from '@apollo-deploy/protocol';
import { Type, type TSchema } from 'typebox';
import { Check } from 'typebox/value';

const STORAGES = ['database', 'filesystem', 'memory'] as const;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const CHART_LIMIT_BYTES = { minimum: 1024, initial: 5 * 1024 * 1024, maximum: MAX_CHART_BYTES };
const OCTET = '(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])';

/** Everything that can be set from outside, checked. Frozen. */
export interface HubConfig {
  /** A loopback address. */
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly storage: (typeof STORAGES)[number];
  /** Absent = PostgreSQL is started by the hub itself, with its data in `dataDirectory`. */
  readonly databaseUrl?: string;
  readonly dataDirectory: string;
  /** Where everything is kept if `storage` is `filesystem`; one hub at a time, on a local disk. */
  readonly storageDirectory: string;
  /** The largest chart archive taken, in bytes. */
  readonly chartLimitBytes: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/** What is wrong with one variable, and what would be accepted. Never holds a secret's value. */
export interface ConfigFault {
  readonly variable: string;
  readonly message: string;
}

interface Variable {
  /** Of the value, after it was made a number if `numeric`. */
  readonly schema: TSchema;
  readonly accepted: string;
  readonly initial?: string;
  readonly numeric?: true;
  readonly secret?: true;
}

const VARIABLES = {
  APOLLO_HOST: {
    schema: Type.String({ pattern: `^(localhost|::1|127(\\.${OCTET}){3})$` }),
    accepted:
      'a loopback address such as 127.0.0.1, ::1 or localhost: nobody has to log in yet, so the hub serves this machine only',
    initial: '127.0.0.1',
  },
  APOLLO_PORT: {
    schema: Type.Integer({ minimum: 0, maximum: 65_535 }),
    accepted: 'a whole number from 0 to 65535, where 0 means any free port',
    initial: '8234',
    numeric: true,
  },
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
  APOLLO_DATA_DIR: {
    schema: Type.String({ minLength: 1, maxLength: 4096 }),
    accepted: 'the path of a folder, relative to the working directory or absolute',
    initial: '.apollo/postgres',
  },
  APOLLO_STORAGE_DIR: {
    schema: Type.String({ minLength: 1, maxLength: 4096 }),
    accepted: 'the path of a folder, relative to the working directory or absolute',
    initial: '.apollo/storage',
  },
  APOLLO_CHART_LIMIT: {
    schema: Type.Integer({
      minimum: CHART_LIMIT_BYTES.minimum,
      maximum: CHART_LIMIT_BYTES.maximum,
    }),
    accepted: `a whole number of bytes from ${CHART_LIMIT_BYTES.minimum} to ${CHART_LIMIT_BYTES.maximum}`,
    initial: String(CHART_LIMIT_BYTES.initial),
    numeric: true,
  },
  APOLLO_LOG_LEVEL: {
    schema: Type.Union(LOG_LEVELS.map((level) => Type.Literal(level))),
    accepted: `one of ${LOG_LEVELS.join(', ')}`,
    initial: 'info',
  },
} as const satisfies Record<string, Variable>;
type VariableName = keyof typeof VARIABLES;

/**
 * Reads the configuration from environment variables; an empty one counts as not set. Finds every
 * fault, not just the first. `directory` is what relative paths start from.
 */
export function readHubConfig(
  environment: Readonly<Record<string, string | undefined>>,
  directory: string,
): Result<HubConfig, readonly ConfigFault[]> {
  const given = new Map<VariableName, string>();
  const faults: ConfigFault[] = [];
  for (const [name, variable] of Object.entries(VARIABLES) as [VariableName, Variable][]) {
    const text = environment[name] || variable.initial;
    if (text === undefined) continue;
    given.set(name, text);
    if (!Check(variable.schema, valueOf(text, variable))) faults.push(faultOf(name, text));
  }
  if (faults.length > 0) return err(faults);
  return ok(Object.freeze(configOf(given, directory)));
}

/** Variables that look like settings of the hub and are none: most often a slip of the pen. */
export function unknownVariables(
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  return Object.keys(environment).filter(
    (name) => name.startsWith('APOLLO_') && !Object.hasOwn(VARIABLES, name) && !isOfAnother(name),
  );
}

/** The launcher, the test runner and the spoke read variables of their own. */
function isOfAnother(name: string): boolean {
  return (
    name === 'APOLLO_HOME' || name.startsWith('APOLLO_TEST_') || name.startsWith('APOLLO_SPOKE_')
  );
}

function valueOf(text: string, variable: Variable): unknown {
  return variable.numeric === true && /^\d+$/.test(text) ? Number(text) : text;
}

function faultOf(name: VariableName, text: string): ConfigFault {
  const { accepted, secret }: Variable = VARIABLES[name];
  const shown = secret === true ? 'not usable (its value is not shown)' : JSON.stringify(text);
  return { variable: name, message: `${name} is ${shown}; accepted is ${accepted}` };
}

function configOf(given: ReadonlyMap<VariableName, string>, directory: string): HubConfig {
  const text = (name: VariableName): string => given.get(name) ?? '';
  const databaseUrl = given.get('DATABASE_URL');
  return {
    host: text('APOLLO_HOST'),
    port: Number(text('APOLLO_PORT')),
    storage: text('APOLLO_STORAGE') as HubConfig['storage'],
    ...(databaseUrl !== undefined && { databaseUrl }),
    dataDirectory: resolve(directory, text('APOLLO_DATA_DIR')),
    storageDirectory: resolve(directory, text('APOLLO_STORAGE_DIR')),
    chartLimitBytes: Number(text('APOLLO_CHART_LIMIT')),
    logLevel: text('APOLLO_LOG_LEVEL') as HubConfig['logLevel'],
  };
}
