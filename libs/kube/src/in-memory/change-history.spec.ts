import { describe, expect, it } from '@jest/globals';
import { ChangeHistory, type Change } from './change-history.js';

const change = (version: number): Change => ({
  type: 'added',
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c${String(version)}` } },
  version,
});

describe('the history of changes', () => {
  const filled = (kept: number | undefined, count: number): ChangeHistory => {
    const history = new ChangeHistory(kept);
    for (let version = 1; version <= count; version += 1) history.add(change(version));
    return history;
  };
  const versions = (changes: readonly Change[] | null) => changes?.map(({ version }) => version);

  it.each([
    {
      name: 'all of them without a bound',
      kept: undefined,
      count: 5,
      from: 0,
      expected: [1, 2, 3, 4, 5],
    },
    { name: 'those after a version', kept: undefined, count: 5, from: 3, expected: [4, 5] },
    { name: 'all until twice the bound', kept: 3, count: 6, from: 0, expected: [1, 2, 3, 4, 5, 6] },
    { name: 'the newest beyond that', kept: 3, count: 7, from: 4, expected: [5, 6, 7] },
    { name: 'nothing where some are forgotten', kept: 3, count: 7, from: 3, expected: undefined },
    { name: 'no change after the newest', kept: 3, count: 7, from: 7, expected: [] },
  ])('tells $name', ({ kept, count, from, expected }) => {
    expect(versions(filled(kept, count).after(from))).toEqual(expected);
  });
});
