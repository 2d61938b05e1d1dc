import type { FieldPath } from './field-path.js';
import { covers, parsePathPattern, type PathPattern } from './path-pattern.js';

/** Fields that may differ without being drift: of all objects, or of those that are so. */
export interface DriftRule {
  /** `""` for the core group; any group if not given. */
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly paths: readonly PathPattern[];
}

/** What a rule asks of an object. */
export interface RuledObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** Certificates that controllers put where the API server looks for them. */
export const BUILT_IN_RULES: readonly DriftRule[] = [
  builtIn('admissionregistration.k8s.io', undefined, 'webhooks[*].clientConfig.caBundle'),
  builtIn(
    'apiextensions.k8s.io',
    'CustomResourceDefinition',
    'spec.conversion.webhook.clientConfig.caBundle',
  ),
  builtIn('apiregistration.k8s.io', 'APIService', 'spec.caBundle'),
];

/** True if one of the rules lets this field of this object differ. */
export function isIgnored(
  rules: readonly DriftRule[],
  object: RuledObject,
  path: FieldPath,
): boolean {
  return rules.some(
    (rule) => concerns(rule, object) && rule.paths.some((pattern) => covers(pattern, path)),
  );
}

function concerns({ group, kind, namespace, name }: DriftRule, object: RuledObject): boolean {
  return (
    (group === undefined || group === groupOf(object)) &&
    (kind === undefined || kind === object.kind) &&
    (namespace === undefined || namespace === object.namespace) &&
    (name === undefined || name === object.name)
  );
}

function groupOf({ apiVersion }: RuledObject): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

function builtIn(group: string, kind: string | undefined, path: string): DriftRule {
  const pattern = parsePathPattern(path);
  return { group, ...(kind !== undefined && { kind }), paths: pattern === null ? [] : [pattern] };
}
