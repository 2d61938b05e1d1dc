import { isUtf8 } from 'node:buffer';
import {
  type ChartReference,
  DECLARED_STRATEGIES,
  type DeclaredStrategy,
  parseVersion,
} from '@apollo-deploy/domain';
import { err, ok, type Result, shorten } from '@apollo-deploy/kernel';
import { parseDocument } from 'yaml';

/** What Helm accepts as the name of a chart. */
const CHART_NAME = /^[A-Za-z0-9._-]{1,250}$/;
/** How many copies aliases may make of what they name. */
const MAX_ALIASES = 50;

/** The annotation by which a chart declares what it obeys `apollo.rollout` for. */
const STRATEGIES = 'apollo/strategies';

/** What a `Chart.yaml` says of its chart. */
export interface ChartManifest extends Pick<ChartReference, 'name' | 'version'> {
  /** Each once, as the chart names them; empty = it declares none. */
  readonly strategies: readonly DeclaredStrategy[];
}

/** Name and version of a chart that can be installed, or the rule that its `Chart.yaml` breaks. */
export function readChartManifest(content: Uint8Array): Result<ChartManifest, string> {
  const manifest = parseYaml(content);
  if (!manifest.ok) return manifest;
  const { apiVersion, name, version, type } = manifest.value;
  if (apiVersion !== 'v1' && apiVersion !== 'v2') {
    return err(`apiVersion in Chart.yaml is ${shown(apiVersion)}; accepted are v1 and v2`);
  }
  if (type !== undefined && type !== 'application') {
    return err(`type in Chart.yaml is ${shown(type)}; only an application can be installed`);
  }
  if (typeof name !== 'string' || !CHART_NAME.test(name) || /^\.+$/.test(name)) {
    return err(
      `name in Chart.yaml is ${shown(name)}; accepted are 1 to 250 letters, digits, ".", "_" and "-"`,
    );
  }
  if (typeof version !== 'string') {
    return err(`version in Chart.yaml is ${shown(version)}; accepted is a text such as "1.4.2"`);
  }
  const parsed = parseVersion(version);
  if (!parsed.ok) return err(`version in Chart.yaml: ${parsed.error.detail}`);
  const strategies = readStrategies(manifest.value['annotations']);
  return strategies.ok ? ok({ name, version, strategies: strategies.value }) : strategies;
}

/** Commas or spaces stand between them, as in `blue_green, canary`. */
function readStrategies(annotations: unknown): Result<readonly DeclaredStrategy[], string> {
  const said =
    typeof annotations === 'object' && annotations !== null
      ? (annotations as Readonly<Record<string, unknown>>)[STRATEGIES]
      : undefined;
  if (said === undefined) return ok([]);
  const words = typeof said === 'string' ? said.split(/[\s,]+/).filter((word) => word !== '') : [];
  const declared = words.flatMap((word) => DECLARED_STRATEGIES.find((one) => one === word) ?? []);
  if (words.length === 0 || declared.length < words.length) {
    return err(
      `annotation ${STRATEGIES} in Chart.yaml is ${shown(said)}; accepted is a text with one or more of ${DECLARED_STRATEGIES.join(', ')}`,
    );
  }
  return ok([...new Set(declared)]);
}

function parseYaml(content: Uint8Array): Result<Readonly<Record<string, unknown>>, string> {
  if (!isUtf8(content)) return err('Chart.yaml is not UTF-8');
  const value = toPlain(new TextDecoder().decode(content));
  if (!value.ok) return value;
  if (typeof value.value !== 'object' || value.value === null || Array.isArray(value.value)) {
    return err('Chart.yaml is no mapping of names to values');
  }
  return ok(value.value as Readonly<Record<string, unknown>>);
}

/** One document without repeated keys, tags of its own, or aliases that blow up. */
function toPlain(text: string): Result<unknown, string> {
  try {
    const document = parseDocument(text, {
      uniqueKeys: true,
      stringKeys: true,
      schema: 'core',
      resolveKnownTags: false,
      logLevel: 'error',
    });
    const fault = document.errors[0] ?? document.warnings[0];
    if (fault !== undefined) return err(`Chart.yaml: ${firstLine(fault.message)}`);
    return ok(document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown);
  } catch (error) {
    // Too many aliases, or so deep a nesting that the parser's stack ends.
    const cause = error instanceof RangeError ? 'it nests too deeply' : messageOf(error);
    return err(`Chart.yaml cannot be read: ${firstLine(cause)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.replace(/:$/, '') ?? '';
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'object' && value !== null) return 'no text';
  return shorten(JSON.stringify(value));
}
