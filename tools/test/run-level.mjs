import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countResults } from './count-results.mjs';
import { runProgram } from './run-program.mjs';

/** A level that takes longer hangs: the slowest is meant to take ten minutes. */
const LIMIT_MS = 40 * 60_000;

/**
 * Runs one level in one jest process and counts what it reports.
 * @param {string} root folder of the workspace
 * @param {{ level: string, name?: string, node: string, jestArguments: readonly string[] }} run
 * @returns {Promise<import('./test-report.mjs').Row>}
 */
export async function runLevel(root, { level, name = level, node, jestArguments }) {
  console.log(`\n— ${name}`);
  // Resolved late: jest may just have been installed.
  const jest = fileURLToPath(import.meta.resolve('jest/bin/jest'));
  const folder = mkdtempSync(join(tmpdir(), 'apollo-test-'));
  const reportFile = join(folder, 'report.json');
  const args = [
    ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest],
    ...['--json', `--outputFile=${reportFile}`, ...jestArguments],
  ];
  const startedAt = performance.now();
  try {
    const env = { APOLLO_TEST_LEVEL: level };
    const { problem } = await runProgram(node, args, { cwd: root, env, limitMs: LIMIT_MS });
    const report = existsSync(reportFile)
      ? JSON.parse(readFileSync(reportFile, 'utf8'))
      : undefined;
    const seconds = (performance.now() - startedAt) / 1000;
    return { name, seconds, ...countResults(report, problem) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
