/**
 * One line of the report: a preparation, a check (no counts but `failed`) or a level of tests.
 * @typedef {object} Row
 * @property {string} name
 * @property {number} [passed]
 * @property {number} failed
 * @property {number} [skipped]
 * @property {number} [seconds]
 * @property {readonly string[]} problems sentences that say what went wrong
 */

/**
 * Prints the table, what went wrong, and the line of totals, which is the last. Answers the number
 * of failures.
 * @param {readonly Row[]} rows
 * @param {(line: string) => void} print
 */
export function printReport(rows, print = console.log) {
  print('');
  for (const line of reportLines(rows)) print(line);
  return total(rows, 'failed');
}

/**
 * @param {readonly Row[]} rows
 * @returns {string[]}
 */
export function reportLines(rows) {
  const cells = [['', 'passed', 'failed', 'skipped', 'seconds'], ...rows.map(rowCells)];
  const lines = cells.map(([name = '', ...numbers]) =>
    [name.padEnd(22), ...numbers.map((number) => number.padStart(8))].join('').trimEnd(),
  );
  const problems = rows.flatMap(({ name, problems }) => problems.map((it) => `${name}: ${it}`));
  if (problems.length > 0) lines.push('', ...problems);
  const [passed, failed, skipped] = /** @type {const} */ (['passed', 'failed', 'skipped']).map(
    (count) => `${total(rows, count)} ${count}`,
  );
  lines.push('', `${passed}, ${failed}, ${skipped}`);
  return lines;
}

/** @param {Row} row */
function rowCells({ name, passed, failed, skipped, seconds }) {
  const ending = failed === 0 ? '' : String(failed);
  return [
    name,
    passed === undefined ? '' : String(passed),
    passed === undefined ? ending : String(failed),
    skipped === undefined ? '' : String(skipped),
    seconds === undefined ? '' : seconds.toFixed(1),
  ];
}

/**
 * @param {readonly Row[]} rows
 * @param {'passed' | 'failed' | 'skipped'} count
 */
function total(rows, count) {
  return rows.reduce((sum, row) => sum + (row[count] ?? 0), 0);
}
