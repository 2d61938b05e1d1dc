import { describe, expect, it } from '@jest/globals';
import { countResults } from './count-results.mjs';

const NOTHING = {
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
};

function file(name: string, status: string, tests: readonly string[], message = '') {
  return { name, status, message, assertionResults: tests.map((it) => ({ status: it })) };
}

describe('the counts of a test run', () => {
  it.each([
    {
      name: 'tests that passed, and some left out or to be written: both are skipped',
      report: {
        ...NOTHING,
        numPassedTests: 3,
        numPendingTests: 2,
        numTodoTests: 1,
        testResults: [file('a.spec.ts', 'passed', ['passed', 'passed', 'passed', 'pending'])],
      },
      problem: undefined,
      expected: { passed: 3, failed: 0, skipped: 3, problems: [] },
    },
    {
      name: 'a failed test: it is one failure, though its file and jest failed as well',
      report: {
        ...NOTHING,
        numPassedTests: 1,
        numFailedTests: 1,
        testResults: [file('a.spec.ts', 'failed', ['passed', 'failed'])],
      },
      problem: 'ended with exit code 1',
      expected: { passed: 1, failed: 1, skipped: 0, problems: [] },
    },
    {
      name: 'a file that did not load: one failure, beside what other files passed',
      report: {
        ...NOTHING,
        numPassedTests: 1,
        testResults: [
          file('a.spec.ts', 'passed', ['passed']),
          file('b.spec.ts', 'failed', [], '  ● Test suite failed to run\n\n    No module ./x.js'),
        ],
      },
      problem: 'ended with exit code 1',
      expected: {
        passed: 1,
        failed: 1,
        skipped: 0,
        problems: ['b.spec.ts failed outside its tests: No module ./x.js'],
      },
    },
    {
      name: 'a file whose clean-up threw after its tests had passed',
      report: {
        ...NOTHING,
        numPassedTests: 1,
        testResults: [file('a.spec.ts', 'failed', ['passed'], 'a process was left')],
      },
      problem: 'ended with exit code 1',
      expected: {
        passed: 1,
        failed: 1,
        skipped: 0,
        problems: ['a.spec.ts failed outside its tests: a process was left'],
      },
    },
    {
      name: 'a level without tests',
      report: NOTHING,
      problem: 'ended with exit code 1',
      expected: {
        passed: 0,
        failed: 1,
        skipped: 0,
        problems: ['no test was found; a level without tests proves nothing'],
      },
    },
    {
      name: 'a clean-up of the whole run that failed after every test had passed',
      report: {
        ...NOTHING,
        numPassedTests: 1,
        testResults: [file('a.spec.ts', 'passed', ['passed'])],
      },
      problem: 'was ended by SIGKILL',
      expected: {
        passed: 1,
        failed: 1,
        skipped: 0,
        problems: ['all tests passed, but jest was ended by SIGKILL'],
      },
    },
    {
      name: 'a set-up that failed, so that jest wrote nothing',
      report: undefined,
      problem: 'ended with exit code 1',
      expected: {
        passed: 0,
        failed: 1,
        skipped: 0,
        problems: ['no test was run: jest ended with exit code 1'],
      },
    },
  ])('are exact for $name', ({ report, problem, expected }) => {
    expect(countResults(report, problem)).toEqual(expected);
  });
});
