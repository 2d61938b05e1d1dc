import {
  type Entity,
  type InlineSecret,
  inlineSecrets,
  refusal,
  type Refusal,
  type Values,
} from '@apollo-deploy/domain';
import { err, ok, type Result, shorten } from '@apollo-deploy/kernel';

/** The most places that a refusal names. */
const MAX_NAMED = 20;
/** In characters. A longer one cannot be named in `notSecret`. */
const MAX_PATH = 512;
const CURE =
  'keep it in a Secret of the cluster and let the chart read it from there (existingSecret, secretKeyRef); if it is no secret, name the place in notSecret';

/** What is asked for, as far as secrets could stand in it. */
interface Asked {
  readonly values?: Values;
  readonly labels?: Readonly<Record<string, string>>;
  /** Places that look like secrets and are none, such as `values.db.password`. */
  readonly notSecret?: readonly string[];
}

/**
 * Refuses values and labels in which something looks like a secret: whoever may look at the entity
 * could read it, and so could whoever reads the database or a backup of it. What stands there already
 * is not asked about again. Answers the places that count as no secrets because the caller says so.
 */
export function checkSecrets(
  { values = {}, labels = {}, notSecret = [] }: Asked,
  stored: Entity | undefined,
): Result<readonly string[], Refusal> {
  const known = new Map(
    stored && secretsOf(stored.values, stored.labels).map(({ path, content }) => [path, content]),
  );
  const found = secretsOf(values, labels).filter(
    ({ path, content }) => known.get(path) !== content,
  );
  const excepted = new Set(notSecret);
  const open = found.filter(({ path }) => !excepted.has(path));
  const [first, ...others] = open;
  if (first === undefined) return ok(found.map(({ path }) => path));
  const more = others.length === 0 ? '' : ` (and ${String(others.length)} more, see data.paths)`;
  const detail = `${shorten(first.path)} looks like ${first.looksLike}${more}; ${CURE}`;
  const paths = open.slice(0, MAX_NAMED).map(({ path }) => path.slice(0, MAX_PATH));
  return err(
    refusal('catalog/inline_secret', detail, {
      field: first.path.slice(0, MAX_PATH),
      data: { paths },
    }),
  );
}

function secretsOf(
  values: Values,
  labels: Readonly<Record<string, string>>,
): readonly InlineSecret[] {
  return [...inlineSecrets(values, 'values'), ...inlineSecrets(labels, 'labels')];
}
