import { describe, expect, it } from '@jest/globals';
import { type CompletedDeployment, isBehind, newestOf, versionBefore } from './version-before.js';

/** `2.0.0` by a deployment, `<2.0.0` by a rollback; oldest first, as people tell it. */
function told(...deployments: readonly string[]): readonly CompletedDeployment[] {
  return deployments
    .map((text) =>
      text.startsWith('<')
        ? { kind: 'rollback', toVersion: text.slice(1) }
        : { kind: 'deploy', toVersion: text },
    )
    .toReversed();
}

describe('the version before the one that runs', () => {
  it.each<{
    name: string;
    completed: readonly string[];
    running: readonly string[];
    expected: string | undefined;
  }>([
    { name: 'nothing completed', completed: [], running: ['1.0.0'], expected: undefined },
    {
      name: 'v1 completed; v2 failed and was rolled back by itself',
      completed: ['1.0.0'],
      running: ['1.0.0'],
      expected: undefined,
    },
    {
      name: 'v1 and v2 completed; v3 failed and was rolled back by itself',
      completed: ['1.0.0', '2.0.0'],
      running: ['2.0.0'],
      expected: '1.0.0',
    },
    {
      name: 'v2 failed and still runs',
      completed: ['1.0.0'],
      running: ['2.0.0'],
      expected: '1.0.0',
    },
    {
      name: 'v2 was deployed twice',
      completed: ['1.0.0', '2.0.0', '2.0.0'],
      running: ['2.0.0'],
      expected: '1.0.0',
    },
    {
      name: 'v3 was rolled back to v2: the next goes on to v1',
      completed: ['1.0.0', '2.0.0', '3.0.0', '<2.0.0'],
      running: ['2.0.0'],
      expected: '1.0.0',
    },
    {
      name: 'v2 was rolled back to v1: there is none, and never v2 again',
      completed: ['1.0.0', '2.0.0', '<1.0.0'],
      running: ['1.0.0'],
      expected: undefined,
    },
    {
      name: 'v2 was rolled back to v1, and v3 completed after that',
      completed: ['1.0.0', '2.0.0', '<1.0.0', '3.0.0'],
      running: ['3.0.0'],
      expected: '1.0.0',
    },
    {
      name: 'somebody went back to v1 by a deployment, which is a way forward',
      completed: ['1.0.0', '2.0.0', '1.0.0'],
      running: ['1.0.0'],
      expected: '2.0.0',
    },
    {
      name: 'a rollback to a version that never was deployed',
      completed: ['1.0.0', '2.0.0', '<0.9.0'],
      running: ['0.9.0'],
      expected: '2.0.0',
    },
    {
      name: 'what runs came by no deployment',
      completed: ['1.0.0', '2.0.0'],
      running: ['3.0.0'],
      expected: '2.0.0',
    },
    {
      name: 'v1 was put there by hand after v2 completed',
      completed: ['1.0.0', '2.0.0'],
      running: ['1.0.0'],
      expected: undefined,
    },
    {
      name: 'v2 came to one of two spokes and failed there',
      completed: ['0.9.0', '1.0.0'],
      running: ['2.0.0', '1.0.0'],
      expected: '1.0.0',
    },
    {
      name: 'v3 was rolled back to v2 at one of two spokes only: the same once more, never forth to v3',
      completed: ['1.0.0', '2.0.0', '3.0.0'],
      running: ['2.0.0', '3.0.0'],
      expected: '2.0.0',
    },
    {
      name: 'three spokes run three versions',
      completed: ['1.0.0', '2.0.0', '3.0.0'],
      running: ['1.0.0', '3.0.0', '2.0.0'],
      expected: '2.0.0',
    },
    {
      name: 'two spokes run the first two versions',
      completed: ['1.0.0', '2.0.0'],
      running: ['2.0.0', '1.0.0'],
      expected: '1.0.0',
    },
    {
      name: 'what runs came by no deployment, and is older than what completed last: not forth',
      completed: ['1.0.0', '2.0.0'],
      running: ['1.5.0'],
      expected: '1.0.0',
    },
    {
      name: 'what runs came by no deployment, and is older than all that completed',
      completed: ['1.0.0', '2.0.0'],
      running: ['0.5.0'],
      expected: undefined,
    },
    {
      name: 'what runs is no SemVer version, and came by no deployment',
      completed: ['1.0.0', '2.0.0'],
      running: ['latest'],
      expected: '2.0.0',
    },
    {
      name: 'nothing runs any more',
      completed: ['1.0.0', '2.0.0'],
      running: [],
      expected: '2.0.0',
    },
  ])('$name: $expected', ({ completed, running, expected }) => {
    expect(versionBefore(told(...completed), running)).toBe(expected);
  });
});

it('the version before the one that runs is none that may not run', () => {
  const completed = told('1.0.0', '2.0.0', '3.0.0');
  const mayRun = (version: string): boolean => version !== '2.0.0';
  expect(versionBefore(completed, ['3.0.0'], mayRun)).toBe('1.0.0');
  expect(versionBefore(completed, ['2.0.0'], mayRun)).toBe('1.0.0');
  expect(versionBefore(completed, [], mayRun)).toBe('3.0.0');
  expect(versionBefore(completed, ['3.0.0'], () => false)).toBeUndefined();
});

describe('an entity, where others go back to 2.0.0', () => {
  it.each([
    { name: 'runs what came after that', running: '3.0.0', expected: false },
    { name: 'runs it', running: '2.0.0', expected: false },
    { name: 'runs what was before it', running: '1.0.0', expected: true },
    { name: 'runs something older that came by no deployment', running: '1.5.0', expected: true },
    { name: 'runs something newer that came by no deployment', running: '2.5.0', expected: false },
    { name: 'runs what has no version', running: 'latest', expected: false },
  ])('is behind: $expected, where it $name', ({ running, expected }) => {
    expect(isBehind(told('1.0.0', '2.0.0', '3.0.0'), running, '2.0.0')).toBe(expected);
  });

  it('is not behind another version that came by no deployment, between the same two', () => {
    expect(isBehind(told('1.0.0', '2.0.0'), '1.1.0', '1.2.0')).toBe(false);
  });
});

it.each([
  { versions: [], expected: undefined },
  { versions: ['1.0.0'], expected: '1.0.0' },
  { versions: ['1.9.0', '1.10.0', '1.2.0'], expected: '1.10.0' },
  { versions: ['1.0.0', '1.0.0-rc.1'], expected: '1.0.0' },
  { versions: ['1.0.0', 'latest'], expected: '1.0.0' },
])('the newest of $versions is $expected', ({ versions, expected }) => {
  expect(newestOf(versions)).toBe(expected);
});
