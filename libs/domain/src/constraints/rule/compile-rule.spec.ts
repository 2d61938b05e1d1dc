import { describe, expect, it } from '@jest/globals';
import { someRuleFacts } from '../../testing.js';
import { compileRule, RULE_DEPTH_MAX, RULE_NODES_MAX } from './compile-rule.js';

const ARIA = { fact: 'product.name', operator: 'eq', value: 'aria' };
const PROD = { fact: 'environment.tier', operator: 'eq', value: 'production' };

/** `ARIA` inside so many `not`. */
function nested(nots: number): unknown {
  return nots === 0 ? ARIA : { not: nested(nots - 1) };
}

function holds(rule: unknown, change: Parameters<typeof someRuleFacts>[0] = {}): boolean {
  const compiled = compileRule(rule);
  if (!compiled.ok) throw new Error(`${compiled.error.path}: ${compiled.error.detail}`);
  return compiled.value(someRuleFacts(change));
}

// The facts are an upgrade of aria from 1.0.0 to 1.1.0 in dev.
describe('a rule', () => {
  it.each([
    { name: 'equal text', rule: ARIA, expected: true },
    { name: 'other text', rule: { ...ARIA, value: 'base' }, expected: false },
    { name: 'ne of equal text', rule: { ...ARIA, operator: 'ne' }, expected: false },
    {
      name: 'text in a list',
      rule: { ...ARIA, operator: 'in', value: ['base', 'aria'] },
      expected: true,
    },
    {
      name: 'notIn with the text in the list',
      rule: { ...ARIA, operator: 'notIn', value: ['aria'] },
      expected: false,
    },
    {
      name: 'the start of a text',
      rule: { ...ARIA, operator: 'startsWith', value: 'ar' },
      expected: true,
    },
    {
      name: 'the end of a text',
      rule: { ...ARIA, operator: 'endsWith', value: 'ar' },
      expected: false,
    },
    {
      name: 'a label that the entity has not, as empty text',
      rule: { fact: 'entity.labels.team', operator: 'eq', value: '' },
      expected: true,
    },
    {
      name: 'a label named like a member of every object',
      rule: { fact: 'entity.labels.constructor', operator: 'eq', value: '' },
      expected: true,
    },
    {
      name: 'a version in a range',
      rule: { fact: 'to.version', operator: 'inRange', value: '^1.1.0' },
      expected: true,
    },
    {
      name: 'versions compared as versions, not as text',
      rule: { fact: 'to.version', operator: 'lt', value: '1.10.0' },
      expected: true,
    },
    {
      name: 'gt of the same version',
      rule: { fact: 'to.version', operator: 'gt', value: '1.1.0' },
      expected: false,
    },
    {
      name: 'gte of the same version',
      rule: { fact: 'to.version', operator: 'gte', value: '1.1.0' },
      expected: true,
    },
    {
      name: 'a flag',
      rule: { fact: 'reported.drifted', operator: 'eq', value: false },
      expected: true,
    },
    { name: 'all of which one does not hold', rule: { all: [ARIA, PROD] }, expected: false },
    { name: 'any of which one holds', rule: { any: [PROD, ARIA] }, expected: true },
    { name: 'not of what does not hold', rule: { not: PROD }, expected: true },
    {
      name: 'conditions inside conditions',
      rule: { all: [{ any: [PROD, ARIA] }, { not: { all: [ARIA, PROD] } }] },
      expected: true,
    },
  ])('about $name is $expected', ({ rule, expected }) => {
    expect(holds(rule)).toBe(expected);
  });

  it.each(['eq', 'ne', 'lt', 'inRange'])(
    'that compares a version which is not there by %s does not hold',
    (operator) => {
      const rule = { fact: 'from.version', operator, value: '1.0.0' };
      expect(holds(rule, { fromVersion: null })).toBe(false);
    },
  );

  it.each([
    { name: 'as deep as it may be', rule: nested(RULE_DEPTH_MAX - 1) },
    {
      name: 'as large as it may be',
      rule: { any: Array.from({ length: RULE_NODES_MAX - 1 }, () => ARIA) },
    },
    {
      name: 'with the longest list',
      rule: { ...ARIA, operator: 'in', value: Array.from({ length: 100 }, () => 'aria') },
    },
  ])('$name is accepted', ({ rule }) => {
    expect(compileRule(rule).ok).toBe(true);
  });

  it.each([
    { name: 'no condition', rule: 'product.name == "aria"', path: 'when', saying: '{not: ...}' },
    { name: 'nothing', rule: undefined, path: 'when', saying: '{all: [...]}' },
    { name: 'a list', rule: [ARIA], path: 'when', saying: '{any: [...]}' },
    { name: 'an empty object', rule: {}, path: 'when', saying: 'operator, value' },
    { name: 'two conditions in one', rule: { ...ARIA, not: PROD }, path: 'when', saying: 'one of' },
    { name: 'all of no list', rule: { all: ARIA }, path: 'when', saying: '{all: [...]}' },
    { name: 'all of nothing', rule: { all: [] }, path: 'when.all', saying: 'at least one' },
    {
      name: 'a text among conditions',
      rule: { any: [ARIA, 'PROD'] },
      path: 'when.any[1]',
      saying: 'one of',
    },
    {
      name: 'null inside not',
      rule: { all: [{ not: null }] },
      path: 'when.all[0].not',
      saying: 'one of',
    },
    {
      name: 'an operator that is no text',
      rule: { ...ARIA, operator: 1 },
      path: 'when',
      saying: 'one of',
    },
    {
      name: 'a fact nobody knows',
      rule: { any: [{ not: { ...ARIA, fact: 'constructor' } }] },
      path: 'when.any[0].not.fact',
      saying: 'plan.type',
    },
    {
      name: 'a label without a name',
      rule: { ...ARIA, fact: 'entity.labels.' },
      path: 'when.fact',
      saying: 'entity.labels.KEY',
    },
    {
      name: 'an operator of versions for text',
      rule: { ...ARIA, operator: 'lt' },
      path: 'when.operator',
      saying: 'startsWith',
    },
    {
      name: 'an operator of text for versions',
      rule: { fact: 'to.version', operator: 'in', value: '1.0.0' },
      path: 'when.operator',
      saying: 'inRange',
    },
    {
      name: 'a version that is none',
      rule: { fact: 'to.version', operator: 'eq', value: 'latest' },
      path: 'when.value',
      saying: 'latest',
    },
    {
      name: 'a range that is none',
      rule: { fact: 'to.version', operator: 'inRange', value: '>>1' },
      path: 'when.value',
      saying: '">1" at character 2',
    },
    {
      name: 'a flag compared with text',
      rule: { fact: 'reported.healthy', operator: 'eq', value: 'yes' },
      path: 'when.value',
      saying: 'true or false',
    },
    {
      name: 'a number for text',
      rule: { ...ARIA, value: 7 },
      path: 'when.value',
      saying: 'at most 256',
    },
    {
      name: 'a text too long',
      rule: { ...ARIA, value: 'x'.repeat(257) },
      path: 'when.value',
      saying: 'at most 256',
    },
    {
      name: 'an empty list',
      rule: { ...ARIA, operator: 'in', value: [] },
      path: 'when.value',
      saying: '1 to 100',
    },
    {
      name: 'a list with null in it',
      rule: { ...ARIA, operator: 'in', value: ['aria', null] },
      path: 'when.value',
      saying: '1 to 100',
    },
    {
      name: 'a list too long',
      rule: { ...ARIA, operator: 'notIn', value: Array.from({ length: 101 }, () => 'aria') },
      path: 'when.value',
      saying: '1 to 100',
    },
    {
      name: 'one level too many',
      rule: nested(RULE_DEPTH_MAX),
      path: `when${'.not'.repeat(RULE_DEPTH_MAX)}`,
      saying: '8 levels',
    },
    {
      name: 'one condition too many',
      rule: { any: Array.from({ length: RULE_NODES_MAX }, () => ARIA) },
      path: `when.any[${String(RULE_NODES_MAX - 1)}]`,
      saying: '200 conditions',
    },
  ])('of $name is refused at $path', ({ rule, path, saying }) => {
    expect(compileRule(rule)).toMatchObject({
      ok: false,
      error: { path, detail: expect.stringContaining(saying) },
    });
  });
});
