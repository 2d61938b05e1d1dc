import type { KubeObject } from '../kube-object.js';

type Test = (labels: Readonly<Record<string, string>>) => boolean;

/** The API's label selector syntax, as a predicate. */
export function matchesLabels(selector: string | undefined, object: KubeObject): boolean {
  const labels = object.metadata.labels ?? {};
  return splitTerms(selector ?? '').every((term) => parseTerm(term)(labels));
}

/** `path=value` and `path!=value` on any field of the object, joined by commas. */
export function matchesFields(selector: string | undefined, object: KubeObject): boolean {
  return splitTerms(selector ?? '').every((term) => {
    const [, path = '', operator, value] = /^(.*?)(!=|==?)(.*)$/.exec(term) ?? [];
    const actual = valueAt(object, path.split('.')) ?? '';
    return operator === '!=' ? actual !== value : actual === value;
  });
}

function splitTerms(selector: string): string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== '');
}

function parseTerm(term: string): Test {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return (labels) => (operator === 'in') === values.includes(labels[key] ?? '\0');
  }
  const equality = /^([^=!]+)(!=|==?)(.*)$/.exec(term);
  if (equality !== null) {
    const [, key = '', operator, value] = equality;
    return (labels) => (operator === '!=') !== (labels[key] === value);
  }
  if (term.startsWith('!')) return (labels) => !(term.slice(1) in labels);
  return (labels) => term in labels;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return valueAt((value as Record<string, unknown>)[first], rest);
}
