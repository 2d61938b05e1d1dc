import { describe, expect, it } from '@jest/globals';
import { readRequest } from './test-request.mjs';

const ALL = ['unit', 'contract', 'int', 'cluster', 'e2e'];

describe('the arguments of the test runner', () => {
  it.each([
    {
      name: 'nothing: every level',
      argv: [],
      expected: { levels: ALL, checks: false, everything: true, jestArguments: [] },
    },
    {
      name: 'the checks only: they come before every level',
      argv: ['--checks'],
      expected: { levels: ALL, checks: true, everything: true, jestArguments: [] },
    },
    {
      name: 'two levels in the wrong order: they run in the right one',
      argv: ['int', 'unit'],
      expected: { levels: ['unit', 'int'], checks: false, everything: false, jestArguments: [] },
    },
    {
      name: 'what follows the dashes: it belongs to jest, even if it looks like a level',
      argv: ['unit', '--', 'contract', '--checks'],
      expected: {
        levels: ['unit'],
        checks: false,
        everything: false,
        jestArguments: ['contract', '--checks'],
      },
    },
  ])('accept $name', ({ argv, expected }) => {
    expect(readRequest(argv)).toEqual({ ok: true, value: expected });
  });

  it('refuse an unknown level and name the known ones', () => {
    expect(readRequest(['unit', 'integration'])).toEqual({
      ok: false,
      error: '"integration" is no level; accepted: unit, contract, int, cluster, e2e, --checks',
    });
  });
});
