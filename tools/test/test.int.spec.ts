import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');

describe('the test runner', () => {
  it.each([
    {
      name: 'counts the tests of the files it was given',
      args: ['unit', '--', 'tools/test/test-report.spec.ts'],
      expected: { code: 0, last: '4 passed, 0 failed, 0 skipped' },
    },
    {
      name: 'fails when a level has no test',
      args: ['unit', '--', 'tools/test/no-such-file.spec.ts'],
      expected: { code: 1, last: '0 passed, 1 failed, 0 skipped' },
    },
    {
      name: 'fails when jest cannot start',
      args: ['unit', '--', '--config=tools/test/no-such-file.json'],
      expected: { code: 1, last: '0 passed, 1 failed, 0 skipped' },
    },
    {
      name: 'fails on a level that does not exist',
      args: ['integration'],
      expected: { code: 1, last: '0 passed, 1 failed, 0 skipped' },
    },
  ])('$name', ({ args, expected }) => {
    expect(runTests(args)).toEqual(expected);
  });
});

function runTests(args: readonly string[]): { code: number | null; last: string | undefined } {
  const program = join(ROOT, 'tools', 'test.mjs');
  const { status, stdout } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  return { code: status, last: stdout.trimEnd().split('\n').at(-1) };
}
