import { describe, expect, it } from '@jest/globals';
import { parseDriftRules } from './parse-drift-rules.js';
import { isIgnored } from './drift-rules.js';
import type { FieldPath } from './field-path.js';

const OBJECT = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const IMAGE: FieldPath = [
  { field: 'spec' },
  { field: 'containers' },
  { element: { name: 'web' } },
  { field: 'image' },
];
const KEY: FieldPath = [{ field: 'data' }, { field: 'a.conf' }];
const FIRST: FieldPath = [{ field: 'rules' }, { index: 0 }];
const ITEM: FieldPath = [{ field: 'metadata' }, { field: 'finalizers' }, { item: 'a' }];

function ignored(rule: object, path: FieldPath, object = OBJECT): boolean {
  const rules = parseDriftRules(JSON.stringify({ rules: [rule] }));
  if (!rules.ok) throw new Error(rules.error.join());
  return isIgnored(rules.value, object, path);
}

describe('a drift rule', () => {
  it.each([
    { pattern: 'spec.containers[name=web].image', path: IMAGE, expected: true },
    { pattern: 'spec.containers[name=api].image', path: IMAGE, expected: false },
    { pattern: 'spec.containers[*].image', path: IMAGE, expected: true },
    { pattern: 'spec.containers', path: IMAGE, expected: true },
    { pattern: 'spec.*[*].image', path: IMAGE, expected: true },
    { pattern: 'spec.containers[*].image.tag', path: IMAGE, expected: false },
    { pattern: 'spec.containers[0].image', path: IMAGE, expected: false },
    { pattern: 'data["a.conf"]', path: KEY, expected: true },
    { pattern: 'data.a', path: KEY, expected: false },
    { pattern: 'rules[0]', path: FIRST, expected: true },
    { pattern: 'rules[1]', path: FIRST, expected: false },
    { pattern: 'metadata.finalizers[=a]', path: ITEM, expected: true },
    { pattern: 'metadata.finalizers[=b]', path: ITEM, expected: false },
  ])('for $pattern', ({ pattern, path, expected }) => {
    expect(ignored({ paths: [pattern] }, path)).toBe(expected);
  });

  it.each([
    { name: 'of this kind', rule: { kind: 'Deployment' }, expected: true },
    { name: 'of another kind', rule: { kind: 'StatefulSet' }, expected: false },
    { name: 'of this group', rule: { group: 'apps' }, expected: true },
    { name: 'of another group', rule: { group: '' }, expected: false },
    { name: 'of this name', rule: { namespace: 'shop', name: 'web' }, expected: true },
    { name: 'of another namespace', rule: { namespace: 'other' }, expected: false },
    { name: 'of another name', rule: { name: 'api' }, expected: false },
  ])('is for objects $name', ({ rule, expected }) => {
    expect(ignored({ ...rule, paths: ['spec'] }, IMAGE)).toBe(expected);
  });

  it.each([
    { name: 'no JSON', text: '{', says: /^is not JSON/ },
    { name: 'no rules', text: '{}', says: /^the whole is not usable; give \{"rules": / },
    {
      name: 'a rule without paths',
      ...{ text: '{"rules": [{"paths": []}]}', says: /^rules\[0\].paths is not usable; give / },
    },
    {
      name: 'a path that is none',
      text: '{"rules": [{"paths": ["spec", ".a[b"]}]}',
      says: /^rules\[0\].paths\[1\] is no path; give a path as drift names it/,
    },
  ])('is refused: $name', ({ text, says }) => {
    const rules = parseDriftRules(text);
    expect(rules).toEqual({ ok: false, error: [expect.stringMatching(says)] });
  });
});
