/** In the order in which they run: what is cheap and says most comes first. */
const LEVELS = ['unit', 'contract', 'int', 'cluster', 'e2e'];

/**
 * @typedef {object} TestRequest
 * @property {readonly string[]} levels levels to run, in the order of `LEVELS`
 * @property {boolean} checks whether the static checks run first
 * @property {boolean} everything whether no level was named, which adds the runs on Node 24
 * @property {readonly string[]} jestArguments what stood after `--`
 */

/**
 * Reads `[--checks] [level…] [-- jest arguments]`. Refuses what it does not know, with what it does.
 * @param {readonly string[]} argv
 * @returns {{ ok: true, value: TestRequest } | { ok: false, error: string }}
 */
export function readRequest(argv) {
  const end = argv.indexOf('--');
  const words = end === -1 ? argv : argv.slice(0, end);
  const named = words.filter((word) => word !== '--checks');
  const unknown = named.find((word) => !LEVELS.includes(word));
  if (unknown !== undefined) {
    return {
      ok: false,
      error: `"${unknown}" is no level; accepted: ${LEVELS.join(', ')}, --checks`,
    };
  }
  const everything = named.length === 0;
  const value = {
    levels: LEVELS.filter((level) => everything || named.includes(level)),
    checks: words.includes('--checks'),
    everything,
    jestArguments: end === -1 ? [] : argv.slice(end + 1),
  };
  return { ok: true, value };
}
