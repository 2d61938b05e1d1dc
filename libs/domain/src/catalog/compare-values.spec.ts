import { describe, expect, it } from '@jest/globals';
import { compareValues, type ValueChange } from './compare-values.js';
import type { Values } from './entity.js';

const TOKEN = `ghp_${'a1'.repeat(18)}`;
const LONG = 'x'.repeat(300);

describe('what differs in values', () => {
  it.each<{ name: string; before: Values; after: Values; changes: readonly ValueChange[] }>([
    { name: 'nothing', before: { a: { b: [1] } }, after: { a: { b: [1] } }, changes: [] },
    {
      name: 'the order of names, which says nothing',
      ...{ before: { a: 1, b: 2 }, after: { b: 2, a: 1 }, changes: [] },
    },
    {
      name: 'one of each kind, in the order of their places',
      before: { image: { tag: '1.0' }, debug: true },
      after: { replicas: 3, image: { tag: '1.1' } },
      changes: [
        { path: 'debug', change: 'removed', before: true },
        { path: 'image.tag', change: 'changed', before: '1.0', after: '1.1' },
        { path: 'replicas', change: 'added', after: 3 },
      ],
    },
    {
      name: 'a type only',
      before: { port: 80 },
      after: { port: '80' },
      changes: [{ path: 'port', change: 'changed', before: 80, after: '80' }],
    },
    {
      name: 'null and nothing at all',
      before: { a: null },
      after: { b: null },
      changes: [
        { path: 'a', change: 'removed', before: null },
        { path: 'b', change: 'added', after: null },
      ],
    },
    {
      name: 'what becomes an object',
      before: { a: null, b: 'x' },
      after: { a: { c: 1 }, b: {} },
      changes: [
        { path: 'a', change: 'removed', before: null },
        { path: 'a.c', change: 'added', after: 1 },
        { path: 'b', change: 'changed', before: 'x', after: {} },
      ],
    },
    {
      name: 'what is empty',
      before: { a: {}, b: [], c: { d: {} } },
      after: { a: [], b: [1] },
      changes: [
        { path: 'a', change: 'changed', before: {}, after: [] },
        { path: 'b.0', change: 'added', after: 1 },
        { path: 'c.d', change: 'removed', before: {} },
      ],
    },
    {
      name: 'a list, by position',
      before: { args: ['a', 'b'] },
      after: { args: ['b'] },
      changes: [
        { path: 'args.0', change: 'changed', before: 'a', after: 'b' },
        { path: 'args.1', change: 'removed', before: 'b' },
      ],
    },
    {
      name: 'names that are no plain words, which are quoted',
      before: {},
      after: { labels: { 'a.b/c': 1, '0': 2, 'x": 1': 3 } },
      changes: [
        { path: 'labels."0"', change: 'added', after: 2 },
        { path: 'labels."a.b/c"', change: 'added', after: 1 },
        { path: 'labels."x\\": 1"', change: 'added', after: 3 },
      ],
    },
    {
      name: 'names that every object has',
      before: {},
      after: JSON.parse('{"constructor": 1, "__proto__": {"a": 2}}') as Values,
      changes: [
        { path: '__proto__.a', change: 'added', after: 2 },
        { path: 'constructor', change: 'added', after: 1 },
      ],
    },
    {
      name: 'long texts, told from where they differ',
      before: { text: `${LONG}1${LONG}` },
      after: { text: `${LONG}2` },
      changes: [
        {
          ...{ path: 'text', change: 'changed' },
          before: `...${'x'.repeat(40)}1${'x'.repeat(159)}...`,
          after: `...${'x'.repeat(40)}2`,
        },
      ],
    },
    {
      name: 'a long text that was not there',
      before: {},
      after: { text: LONG },
      changes: [{ path: 'text', change: 'added', after: `${'x'.repeat(200)}...` }],
    },
  ])('is $name', ({ before, after, changes }) => {
    expect(compareValues(before, after)).toEqual({ changes, more: 0 });
  });

  it.each<{ name: string; before: Values; after: Values; path: string }>([
    {
      name: 'a password',
      before: { db: { password: 'hunter2' } },
      ...{ after: { db: { password: 'hunter3' } }, path: 'db.password' },
    },
    {
      name: 'a token in a list',
      ...{ before: { args: ['hunter'] }, after: { args: [TOKEN] }, path: 'args.0' },
    },
    {
      name: 'a secret that becomes none',
      before: { db: { password: 'hunter2' } },
      ...{ after: { db: { password: '$(FROM_VAULT)' } }, path: 'db.password' },
    },
    {
      name: 'a variable that was one',
      before: { env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] },
      ...{ after: { env: [{ name: 'DB_PASSWORD', value: '$(X)' }] }, path: 'env.0.value' },
    },
    {
      name: 'a password under a name with a dot',
      before: { 'db.test': { password: 'hunter2' } },
      ...{ after: { 'db.test': { password: 'hunter3' } }, path: '"db.test".password' },
    },
    {
      name: 'a file with a password far down',
      before: { file: `${LONG}\npassword = hunter2` },
      ...{ after: { file: `${LONG}\npassword = hunter3` }, path: 'file' },
    },
  ])('is told as changed, and not what it is: $name', ({ before, after, path }) => {
    expect(compareValues(before, after)).toEqual({
      changes: [{ path, change: 'changed', before: '(hidden)', after: '(hidden)' }],
      more: 0,
    });
  });

  it('is hidden where it comes or goes, too', () => {
    const db = { password: 'hunter2' };
    expect(compareValues({ db }, {}).changes).toEqual([
      { path: 'db.password', change: 'removed', before: '(hidden)' },
    ]);
    expect(compareValues({}, { db }).changes).toEqual([
      { path: 'db.password', change: 'added', after: '(hidden)' },
    ]);
  });

  it('is told five hundred times, and then how often besides', () => {
    const after = Object.fromEntries([...Array(503).keys()].map((at) => [`a${at}`, at]));
    const { changes, more } = compareValues({}, after);
    expect([changes.length, more]).toEqual([500, 3]);
  });

  it('has places of no more than five hundred characters', () => {
    const [change] = compareValues({}, { ['x'.repeat(9_000)]: 1 }).changes;
    expect(change?.path).toBe(`${'x'.repeat(497)}...`);
  });
});
