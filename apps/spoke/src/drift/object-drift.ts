import { describeRef, type KubeObject, type KubeRef } from '@apollo-deploy/kube';
import type { DriftReport } from '@apollo-deploy/protocol';
import { differences, type Difference } from './compare-fields.js';
import { BUILT_IN_RULES, isIgnored, type DriftRule } from './drift-rules.js';
import { comparedFields, type ExpectedObject } from './expected-object.js';
import { formatPath, lastField, leadsThrough, type FieldPath, type Step } from './field-path.js';
import { listShape } from './list-shapes.js';
import { ManagedFields } from './managed-fields.js';
import { covers } from './path-pattern.js';

export interface DriftQuestion {
  readonly ref: KubeRef;
  readonly expected: ExpectedObject;
  readonly live: KubeObject;
  /** Of the spoke's configuration, beside the built-in ones. */
  readonly rules: readonly DriftRule[];
}

const MOST_OF_ONE_OBJECT = 50;
const LONGEST_FIELD = 1024;
const LONGEST_VALUE = 256;
const LONGEST_MESSAGE = 2048;
/** Their values may be passwords, and stay in the cluster. */
const SECRET_KINDS = new Set(['Secret', 'ConfigMap']);
const SECRET_FIELDS = new Set(['env', 'args', 'command', 'annotations']);
const SECRET_NAME = /pass|secret|token|credential|private|api_?key/i;
const REPLICAS = 'spec.replicas';

/**
 * Fields of the manifest that are otherwise in the live object because somebody has changed them
 * since. Not: what the API server or admission made of Helm's own request, what an autoscaler set,
 * and what a rule leaves to others. Pure.
 */
export function objectDrift(question: DriftQuestion): readonly DriftReport[] {
  return driftReports(question.ref, driftedFields(question));
}

/** As they are told of one object, at most 50. */
export function driftReports(ref: KubeRef, fields: readonly Difference[]): readonly DriftReport[] {
  return fields.slice(0, MOST_OF_ONE_OBJECT).map((difference) => reportOf(ref, difference));
}

/** All the fields that `objectDrift` is about. Pure. */
export function driftedFields(question: DriftQuestion): readonly Difference[] {
  const { ref, expected, live, rules } = question;
  const managed = new ManagedFields(live);
  const { apiVersion, kind } = expected;
  const shapeOf = (path: FieldPath) => managed.shapeOf(path) ?? listShape(apiVersion, kind, path);
  const isLeftToOthers = ({ path }: Difference): boolean =>
    isIgnored([...BUILT_IN_RULES, ...rules], ref, path) ||
    expected.ignored.some((pattern) => covers(pattern, path)) ||
    managed.isScaled(path) ||
    (expected.autoscaled && formatPath(path) === REPLICAS);
  return differences(expected.fields, comparedFields(live), shapeOf).filter(
    (difference) => !isLeftToOthers(difference) && !isHelmsOwn(managed, difference),
  );
}

/** Nobody has written it since Helm has: the server keeps it differently than it was asked to. */
function isHelmsOwn(managed: ManagedFields, { path, expected, live }: Difference): boolean {
  if (!managed.knowsHelm) return false;
  if (live !== undefined) return managed.isHelms(path);
  return leavesOf(expected, path).some((leaf) => managed.isHelms(leaf));
}

/** Down to what has no members; the items of lists are not told apart. */
function leavesOf(value: unknown, path: FieldPath): readonly FieldPath[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([field, member]) =>
    leavesOf(member, [...path, { field } satisfies Step]),
  );
}

function reportOf(ref: KubeRef, { path, expected, live }: Difference): DriftReport {
  const { kind, namespace, name } = ref;
  const field = formatPath(path);
  const at = `${describeRef(ref)}: ${field}`;
  const identity = { kind, ...(namespace !== undefined && { namespace }), name };
  const base = { ...identity, field: field.slice(0, LONGEST_FIELD) };
  const tell = (value: unknown) => (isSecret(kind, path) ? undefined : shown(value));
  const wanted = tell(expected);
  const is = live === undefined ? undefined : tell(live);
  const differs = live === undefined ? 'is gone' : is === undefined ? 'has changed' : `is ${is}`;
  const says = wanted === undefined ? '' : `, the release says ${wanted}`;
  return {
    ...base,
    ...(wanted !== undefined && { expected: wanted }),
    ...(is !== undefined && { live: is }),
    message: `${at} ${differs}${says}`.slice(0, LONGEST_MESSAGE),
  };
}

function isSecret(kind: string, path: FieldPath): boolean {
  const inContent = path[0] !== undefined && 'field' in path[0] && path[0].field !== 'metadata';
  if (SECRET_KINDS.has(kind) && inContent) return true;
  return leadsThrough(path, SECRET_FIELDS) || SECRET_NAME.test(lastField(path) ?? '');
}

/** As JSON, cut where it is long; undefined for what has members, as any of them may be a password. */
function shown(value: unknown): string | undefined {
  const items = Array.isArray(value) ? value : [value];
  if (items.some((item) => typeof item === 'object')) return undefined;
  const text = JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}
