import { isLiteral, isSecretName, type SecretKind, secretInText } from './secret-texts.js';

/** Something in values that looks like a secret. */
export interface InlineSecret {
  /** Names and positions from the root, such as `values.db.password` or `values.env.0.value`. */
  readonly path: string;
  readonly looksLike: SecretKind;
  /** What stands there, to compare it with. Never to be shown. */
  readonly content: string | number;
}

/** The same, where a name with a dot in it must not be taken for two. */
interface FoundSecret extends Omit<InlineSecret, 'path'> {
  /** Names and positions from the root, which is none of them. */
  readonly keys: readonly string[];
}

/**
 * What looks like a secret in a value and under it, in the order in which it stands there. A guess,
 * with few false alarms rather than none missed: forms that only credentials have, names under which
 * credentials stand, and environment variables of such names.
 */
export function inlineSecrets(value: unknown, path: string): readonly InlineSecret[] {
  return secretsUnder(value).map(({ keys, ...found }) => ({
    path: [path, ...keys].join('.'),
    ...found,
  }));
}

/** As `inlineSecrets`, by names and positions. */
export function secretsUnder(value: unknown, keys: readonly string[] = []): readonly FoundSecret[] {
  if (typeof value === 'string') {
    const looksLike = secretInText(value);
    return looksLike === undefined ? [] : [{ keys, looksLike, content: value }];
  }
  if (typeof value !== 'object' || value === null) return [];
  const isVariable = isSecretVariable(value);
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
    const at = [...keys, name];
    const isNamed =
      (isVariable && name === 'value') || (!Array.isArray(value) && isSecretName(name));
    return isNamed && isCredential(member) ? [aPassword(at, member)] : secretsUnder(member, at);
  });
}

/** `{name: DB_PASSWORD, value: …}`, as containers have it. */
function isSecretVariable(value: object): boolean {
  const { name } = value as { readonly name?: unknown };
  return typeof name === 'string' && isSecretName(name);
}

function aPassword(keys: readonly string[], content: string | number): FoundSecret {
  return { keys, looksLike: 'a password', content };
}

function isCredential(value: unknown): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && isLiteral(value));
}
