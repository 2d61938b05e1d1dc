import { parse } from 'yaml';

export interface Service {
  readonly environment: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: unknown;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

type Environment = Readonly<Record<string, string>>;

/** `${NAME:-else}`, `${NAME-else}`, `${NAME:?message}`: with a colon, an empty one counts as not set. */
const VARIABLE = /\$\{([A-Z_]+)(:?)([-?])([^}]*)\}/g;

/** The file as Compose reads it in this environment. Throws an Error with the message of what is not set. */
export function readCompose(source: string, environment: Environment): ComposeFile {
  return JSON.parse(JSON.stringify(parse(source)), (_, value: unknown) =>
    typeof value === 'string' ? filledIn(value, environment) : value,
  ) as ComposeFile;
}

function filledIn(text: string, environment: Environment): string {
  return text.replaceAll(
    VARIABLE,
    (_, name: string, colon: string, operator: string, rest: string) => {
      const value = environment[name];
      if (value !== undefined && !(value === '' && colon === ':')) return value;
      if (operator === '?') throw new Error(`${name}: ${rest}`);
      return rest;
    },
  );
}
