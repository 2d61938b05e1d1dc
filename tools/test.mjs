// Runs the tests: `node tools/test.mjs [--checks] [level…] [-- jest arguments]`.
// Without a level: every level, and unit and contract once more on Node 24. No dependencies, because
// it installs them. The last line printed is always `N passed, N failed, N skipped`: tests, of which a
// failed preparation, check or file counts as one failed, and a level that could not run as one skipped.
import { join } from 'node:path';
import { packagesAreInstalled } from './packages.mjs';
import { prepareNode24 } from './test/node-24.mjs';
import { runLevel } from './test/run-level.mjs';
import { interruption, runProgram } from './test/run-program.mjs';
import { readRequest } from './test/test-request.mjs';
import { printReport } from './test/test-report.mjs';

const ROOT = join(import.meta.dirname, '..');
const CHECKS = ['format', 'lint', 'types', 'boundaries', 'unused'];
const NODE_24_LEVELS = ['unit', 'contract'];

/** @typedef {import('./test/test-report.mjs').Row} Row */

/** @type {Row[]} */
const rows = [];
await runAll(process.argv.slice(2));
if (interruption() !== undefined) {
  rows.push({ name: 'run', failed: 1, problems: [`stopped by ${interruption()}`] });
}
const failed = printReport(rows);
process.exitCode = interruption() === undefined ? Math.min(failed, 1) : 130;

/** @param {string[]} argv */
async function runAll(argv) {
  const request = readRequest(argv);
  if (!request.ok) {
    rows.push({ name: 'arguments', failed: 1, problems: [request.error] });
    return;
  }
  const { levels, checks, everything, jestArguments } = request.value;
  if (!packagesAreInstalled(ROOT) && !(await step('packages', 'npm', ['ci']))) return;
  for (const check of checks ? CHECKS : []) await step(check, 'npm', ['run', '--silent', check]);

  // Unit tests run from the sources; the others start built packages.
  const needsBuild = levels.some((level) => level !== 'unit');
  const built = !needsBuild || (await step('build', 'npm', ['run', '--silent', 'build']));
  for (const level of levels) {
    if (interruption() !== undefined) return;
    if (level !== 'unit' && !built) skip(level, 'not run: the build failed');
    else rows.push(await runLevel(ROOT, { level, node: process.execPath, jestArguments }));
  }
  if (everything) await runOnNode24(built, jestArguments);
}

/**
 * @param {boolean} built
 * @param {readonly string[]} jestArguments
 */
async function runOnNode24(built, jestArguments) {
  if (Number(process.versions.node.split('.')[0]) >= 24) {
    console.log(`\nThe tests above ran on Node ${process.versions.node}; no second run is needed.`);
    return;
  }
  const node = await prepareNode24();
  if (!node.ok) {
    rows.push({ name: 'node 24', failed: 1, problems: [node.error] });
    return;
  }
  for (const level of NODE_24_LEVELS) {
    if (interruption() !== undefined) return;
    const name = `${level} (node 24)`;
    if (level !== 'unit' && !built) skip(name, 'not run: the build failed');
    else rows.push(await runLevel(ROOT, { level, name, node: node.value, jestArguments }));
  }
}

/**
 * Runs one preparation or check; true if it succeeded.
 * @param {string} name
 * @param {string} program
 * @param {string[]} args
 */
async function step(name, program, args) {
  if (interruption() !== undefined) return false;
  console.log(`\n— ${name}: ${program} ${args.join(' ')}`);
  const startedAt = performance.now();
  const { problem } = await runProgram(program, args, { cwd: ROOT });
  const seconds = (performance.now() - startedAt) / 1000;
  if (problem === undefined) rows.push({ name, failed: 0, seconds, problems: [] });
  else
    rows.push({ name, failed: 1, seconds, problems: [`${program} ${args.join(' ')} ${problem}`] });
  return problem === undefined;
}

/**
 * A level that is not run counts as one skipped: how many tests it has is not known.
 * @param {string} name
 * @param {string} why
 */
function skip(name, why) {
  rows.push({ name, failed: 0, skipped: 1, problems: [why] });
}
