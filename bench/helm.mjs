// Benchmark 10: Helm through Apollo against bare Helm, on a real API server.
import { join } from 'node:path';
import { packChart } from '../tools/pack-chart.mjs';
import { HelmBench } from './helm-bench.mjs';
import { median, rounded } from './interleave.mjs';
import { whyNot } from './why-not.mjs';

const SLOW_CHART = join(import.meta.dirname, '..', 'examples', 'broken', 'good');
const REACH = { ratio: 1.1, overMs: 30, parallel: 0.9, ledger: 5, looks: 8 };
/** Of a rollout that gets well; bare Helm is told the same. */
const PATIENCE_S = 60;

export const sizes = {
  full: { rounds: 15, verdictRounds: 3, readyAfter: '3s', neverS: 20, parallel: 20, batches: 3 },
  tiny: { rounds: 1, verdictRounds: 1, readyAfter: '1s', neverS: 10, parallel: 2, batches: 1 },
};

/** @param {typeof sizes.full} size */
export async function run(size) {
  const bench = await HelmBench.open();
  try {
    const command = await commands(bench, size.rounds);
    const slow = await verdicts(bench, size.verdictRounds, 'succeeded', {
      ...{ values: { readyAfter: size.readyAfter }, patienceS: PATIENCE_S },
    });
    const never = await verdicts(bench, size.verdictRounds, 'failed', {
      ...{ values: { behaviour: 'crash-loop' }, patienceS: size.neverS },
    });
    const parallel = await batches(bench, size);
    const requests = await bench.countRequests();
    const findings = { command, verdict: { slow, never }, parallel, requests };
    const reasons = reasonsOf(findings);
    return {
      bench: 'helm',
      n: size.rounds,
      arms: {
        apollo: 'offer → verdict by a spoke in a process of its own, the dry run taken off',
        bare: 'helm upgrade as people type it',
        lean: 'helm upgrade with the words that Apollo gives it',
      },
      ...findings,
      ratio: command.ratio,
      reach: `<= ${REACH.ratio} of bare and <= ${REACH.overMs} ms over lean besides the dry run; true verdicts no later than helm --wait; >= ${REACH.parallel} of xargs -P; requests <= bare + ${REACH.ledger} of the ledger + a dry run and a look an object + ${REACH.looks} looks at release and rights`,
      met: reasons.every(([holds]) => !holds),
      ...whyNot(reasons),
    };
  } finally {
    await bench.close();
  }
}

/**
 * An upgrade of three objects that nobody has to wait for.
 * @param {HelmBench} bench
 * @param {number} rounds
 */
async function commands(bench, rounds) {
  const arms = await bench.upgradeArms();
  const names = /** @type {const} */ (['bare', 'lean', 'apollo']);
  /** @type {Record<typeof names[number], { ms: number, cpuMs: number, triedMs: number }[]>} */
  const samples = { bare: [], lean: [], apollo: [] };
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const sample = await arms[name](`value ${round}`);
      // The first round warms up what is kept between commands.
      if (round > 0) samples[name].push(sample);
    }
    console.error(
      `  upgrade ${round}: ${names.map((name) => told(samples[name].at(-1))).join(' ')}`,
    );
  }
  const middle = (
    /** @type {typeof names[number]} */ name,
    /** @type {'ms' | 'cpuMs' | 'triedMs'} */ of,
  ) => median(samples[name].map((sample) => sample[of]));
  const besidesMs = median(samples.apollo.map(({ ms, triedMs }) => ms - triedMs));
  return {
    bareMs: rounded(middle('bare', 'ms')),
    leanMs: rounded(middle('lean', 'ms')),
    apolloMs: rounded(middle('apollo', 'ms')),
    dryRunMs: rounded(middle('apollo', 'triedMs')),
    ratio: rounded(besidesMs / middle('bare', 'ms')),
    overMs: rounded(besidesMs - middle('lean', 'ms')),
    cpu: {
      bareMs: rounded(mean(samples.bare)),
      leanMs: rounded(mean(samples.lean)),
      apolloMs: rounded(mean(samples.apollo)),
    },
  };
}

/**
 * The time from the wish to a verdict that is true, of installations of a Deployment.
 * @param {HelmBench} bench
 * @param {number} rounds
 * @param {'succeeded' | 'failed'} expected
 * @param {{ values: Record<string, string>, patienceS: number }} wish
 */
async function verdicts(bench, rounds, expected, wish) {
  const chart = { name: 'fragile-service', version: '1.0.0', bytes: packChart(SLOW_CHART) };
  /** @type {{ bare: number[], apollo: number[] }} */
  const ms = { bare: [], apollo: [] };
  for (let round = 0; round < rounds; round += 1) {
    const bare = await bench.waitingHelm(chart, wish);
    const apollo = await bench.installByApollo(chart, wish);
    for (const { verdict } of [bare, apollo]) {
      if (verdict !== expected)
        throw new Error(`a rollout ${verdict} that should have ${expected}`);
    }
    ms.bare.push(bare.ms);
    ms.apollo.push(apollo.ms);
    console.error(
      `  ${expected} ${round + 1}: bare ${bare.ms.toFixed()} ms, apollo ${apollo.ms.toFixed()} ms`,
    );
  }
  const [bareMs, apolloMs] = [median(ms.bare), median(ms.apollo)];
  return {
    bareMs: rounded(bareMs),
    apolloMs: rounded(apolloMs),
    ratio: rounded(apolloMs / bareMs),
  };
}

/**
 * Many installations at once, all verdicts included.
 * @param {HelmBench} bench
 * @param {{ parallel: number, batches: number }} size
 */
async function batches(bench, { parallel, batches: rounds }) {
  /** @type {number[]} */
  const ratios = [];
  for (let round = 0; round < rounds; round += 1) {
    const xargsMs = await bench.installByXargs(parallel);
    const apolloMs = await bench.installAllByApollo(parallel);
    ratios.push(xargsMs / apolloMs);
    console.error(
      `  ${parallel} at once ${round + 1}: xargs ${xargsMs.toFixed()} ms, apollo ${apolloMs.toFixed()} ms`,
    );
  }
  return { releases: parallel, ofXargs: rounded(median(ratios)) };
}

/**
 * @param {{
 *   command: Awaited<ReturnType<typeof commands>>,
 *   verdict: Record<'slow' | 'never', Awaited<ReturnType<typeof verdicts>>>,
 *   parallel: Awaited<ReturnType<typeof batches>>,
 *   requests: Awaited<ReturnType<HelmBench['countRequests']>>,
 * }} findings
 * @returns {(readonly [boolean, string])[]}
 */
function reasonsOf({ command, verdict, parallel, requests }) {
  const { bare, helm, ledger, dryRuns, objects, looks } = requests;
  return [
    [command.ratio > REACH.ratio, 'besides the dry run a plan takes longer than bare Helm'],
    [command.overMs > REACH.overMs, 'ledger and looks at the release, around Helm'],
    [verdict.slow.ratio > 1, 'the verdict on a slow rollout comes after that of helm --wait'],
    [verdict.never.ratio > 1, 'the verdict on a hopeless rollout comes after that of helm --wait'],
    [parallel.ofXargs < REACH.parallel, 'releases at once are slower than by xargs'],
    [helm > bare, 'Helm asks more than it does by itself'],
    [dryRuns !== objects, `${dryRuns} dry runs of ${objects} objects`],
    [ledger > REACH.ledger, `${ledger} requests of the ledger`],
    [looks > REACH.looks + objects, `${looks} looks at release, rights and ${objects} objects`],
  ];
}

/** @param {{ ms: number, cpuMs: number } | undefined} sample */
function told(sample) {
  return sample === undefined ? '-' : `${sample.ms.toFixed()} ms (cpu ${sample.cpuMs.toFixed()})`;
}

/** @param {readonly { cpuMs: number }[]} samples */
function mean(samples) {
  return samples.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / samples.length;
}
