/**
 * What this needs of the JSON that jest writes about a run.
 * @typedef {object} JestReport
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {readonly { name: string, status: string, message: string,
 *   assertionResults: readonly { status: string }[] }[]} testResults
 */

/**
 * The counts of one run. Counted as a failure each: a failed test; a file that failed outside its
 * tests (it did not load, or its clean-up threw); a run without any test; a run that ended badly
 * though nothing above explains it.
 * @param {JestReport | undefined} report absent if jest wrote none
 * @param {string | undefined} problem how jest ended, if not well
 * @returns {{ passed: number, failed: number, skipped: number, problems: string[] }}
 */
export function countResults(report, problem) {
  if (report === undefined) {
    const why = `no test was run: jest ${problem ?? 'wrote no results'}`;
    return { passed: 0, failed: 1, skipped: 0, problems: [why] };
  }
  const problems = report.testResults
    .filter(({ status }) => status === 'failed')
    .filter(({ assertionResults: tests }) => tests.every(({ status }) => status !== 'failed'))
    .map(({ name, message }) => `${name} failed outside its tests: ${firstLine(message)}`);
  const passed = report.numPassedTests;
  const skipped = report.numPendingTests + report.numTodoTests;
  if (passed + skipped + report.numFailedTests + problems.length === 0) {
    problems.push('no test was found; a level without tests proves nothing');
  }
  if (problem !== undefined && report.numFailedTests + problems.length === 0) {
    problems.push(`all tests passed, but jest ${problem}`);
  }
  return { passed, failed: report.numFailedTests + problems.length, skipped, problems };
}

/** @param {string} message */
function firstLine(message) {
  const lines = message.split('\n').map((line) => line.trim());
  return lines.find((line) => line !== '' && !line.startsWith('●')) ?? 'no reason given';
}
