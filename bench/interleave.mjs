/** Arms below this are repeated within a sample, so that the clock's grain does not matter. */
const SAMPLE_MS = 20;
const REPEATS_MAX = 2000;
/** How often an arm runs before it is counted, at least. */
const WARM_UPS = 2;
/** How long it does, so that what it does for few of many is compiled as well. */
const WARM_UP_MS = 300;

/**
 * Runs the arms in turn, A B A B …, and answers for each what one run costs: the median over the
 * rounds of this process's CPU time, in milliseconds. CPU time, because what else runs on the machine
 * stretches an arm that is long enough to be interrupted, and not a short one. Before them each arm
 * warms up, which is not counted. `prepare` is not measured.
 * @template {string} N
 * @param {Record<N, { run: () => unknown, prepare?: () => void }>} arms
 * @param {{ rounds: number, sampleMs?: number }} options
 * @returns {Record<N, number>}
 */
export function interleave(arms, { rounds, sampleMs = SAMPLE_MS }) {
  const names = /** @type {N[]} */ (Object.keys(arms));
  const repeats = new Map(names.map((name) => [name, warmUp(arms[name], sampleMs)]));
  /** @type {Map<N, number[]>} */
  const samples = new Map(names.map((name) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const name of names) {
      const { run, prepare } = arms[name];
      const times = repeats.get(name) ?? 1;
      prepare?.();
      collectYoung();
      samples.get(name)?.push(cpuMs(run, times) / times);
    }
  }
  const medians = names.map((name) => [name, median(samples.get(name) ?? [])]);
  for (const [name, ms] of medians) {
    const all = (samples.get(/** @type {N} */ (name)) ?? []).map((each) => each.toFixed(3));
    console.error(`  ${name}: ${Number(ms).toFixed(3)} ms of CPU (rounds: ${all.join(' ')})`);
  }
  return Object.fromEntries(medians);
}

/** @param {readonly number[]} numbers */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/**
 * A number with three significant digits, as the lines show it.
 * @param {number} number
 */
export function rounded(number) {
  return Number(number.toPrecision(3));
}

/** Only where Node was started with --expose-gc. */
export function collectGarbage() {
  exposed().gc?.();
}

/**
 * Takes away what the arm before has left. A full collection would also throw away compiled code, and
 * each sample would begin cold: the arm that has more code would be measured for that.
 */
function collectYoung() {
  exposed().gc?.({ type: 'minor' });
}

function exposed() {
  return /** @type {{ gc?: (options?: { type: 'minor' }) => void }} */ (globalThis);
}

/**
 * How often the arm is then to be run in a sample. What needs preparing cannot be run twice in one.
 * @param {{ run: () => unknown, prepare?: () => void }} arm
 * @param {number} sampleMs
 */
function warmUp({ run, prepare }, sampleMs) {
  let times = 1;
  let spent = 0;
  for (let round = 1; round <= WARM_UPS || (!prepare && spent < WARM_UP_MS); round += 1) {
    prepare?.();
    const used = cpuMs(run, times);
    spent += used;
    if (!prepare) times = timesFor(sampleMs, used / times);
  }
  return times;
}

/**
 * @param {() => unknown} run
 * @param {number} times
 */
function cpuMs(run, times) {
  const before = process.cpuUsage();
  for (let time = 0; time < times; time += 1) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * @param {number} sampleMs
 * @param {number} usedMs
 */
function timesFor(sampleMs, usedMs) {
  return Math.max(1, Math.min(REPEATS_MAX, Math.ceil(sampleMs / Math.max(usedMs, 0.001))));
}
