import { expect, it } from '@jest/globals';
import { takenBackVersions } from './taken-back-versions.js';

const completed = (toVersion: string) =>
  ({ kind: 'promote', status: 'completed', toVersion }) as const;
const back = (fromVersion: string, toVersion: string) =>
  ({ kind: 'rollback', status: 'completed', fromVersion, toVersion }) as const;
const ill = (toVersion: string) => ({ kind: 'promote', status: 'rolled_back', toVersion }) as const;

it.each([
  { name: 'nothing was', ended: [completed('1.0.0'), completed('1.1.0')], expected: [] },
  {
    name: 'what a rollback left was',
    ended: [completed('1.0.0'), completed('1.1.0'), back('1.1.0', '1.0.0')],
    expected: ['1.1.0'],
  },
  {
    name: 'what it has gone past was as well',
    ended: [completed('1.0.0'), completed('1.1.0'), completed('1.2.0'), back('1.2.0', '1.0.0')],
    expected: ['1.1.0', '1.2.0'],
  },
  {
    name: 'what it left for a version that never was there was',
    ended: [completed('1.1.0'), back('1.1.0', '1.0.0')],
    expected: ['1.1.0'],
  },
  {
    name: 'what failed, stayed and was left by a rollback was',
    ended: [completed('1.0.0'), back('1.1.0', '1.0.0')],
    expected: ['1.1.0'],
  },
  {
    name: 'what went back by itself was',
    ended: [completed('1.0.0'), ill('1.1.0')],
    expected: ['1.1.0'],
  },
  {
    name: 'what has completed again since stands',
    ended: [
      ...[completed('1.0.0'), completed('1.1.0'), back('1.1.0', '1.0.0')],
      ...[ill('1.2.0'), completed('1.1.0'), completed('1.2.0')],
    ],
    expected: [],
  },
  {
    name: 'a rollback to what ran already took nothing back',
    ended: [completed('1.0.0'), back('1.0.0', '1.0.0')],
    expected: [],
  },
])('of what was taken back: $name', ({ ended, expected }) => {
  expect([...takenBackVersions(ended.toReversed())].toSorted()).toEqual(expected);
});
