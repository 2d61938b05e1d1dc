// `npm start -- --simulated` on a fresh clone whose packages are installed: until all of it is up.
import { rounded, median } from './interleave.mjs';
import { StartBench } from './start-bench.mjs';
import { whyNot } from './why-not.mjs';

const REACH_MS = 15_000;

export const sizes = { full: { rounds: 5 }, tiny: { rounds: 1 } };

/** @param {typeof sizes.full} size */
export async function run({ rounds }) {
  const bench = await StartBench.open();
  /** @type {Record<'fresh' | 'again', Awaited<ReturnType<StartBench['start']>>[]>} */
  const samples = { fresh: [], again: [] };
  try {
    for (let round = 1; round <= rounds; round += 1) {
      await bench.forget();
      for (const arm of /** @type {const} */ (['fresh', 'again'])) {
        const sample = await bench.start();
        samples[arm].push(sample);
        console.error(`  ${arm} ${round}: ${JSON.stringify(sample)}`);
      }
    }
  } finally {
    await bench.close();
  }
  const middle = (
    /** @type {typeof samples.fresh} */ of,
    /** @type {'compiledMs' | 'hubMs' | 'upMs' | 'cpuMs'} */ name,
  ) => rounded(median(of.map((sample) => sample[name])));
  const figures = (/** @type {typeof samples.fresh} */ of) => ({
    ...{ compiledMs: middle(of, 'compiledMs'), hubMs: middle(of, 'hubMs') },
    ...{ upMs: middle(of, 'upMs'), cpuMs: middle(of, 'cpuMs') },
  });
  const fresh = figures(samples.fresh);
  return {
    bench: 'start',
    n: rounds,
    arms: {
      fresh: 'a clone in which nothing was compiled or started before',
      again: 'the same once more, with its code and its data',
    },
    ...{ fresh, again: figures(samples.again) },
    ratio: rounded(fresh.upMs / REACH_MS),
    reach: `everything is up within ${REACH_MS} ms`,
    met: fresh.upMs <= REACH_MS,
    ...whyNot([[fresh.upMs > REACH_MS, 'see compiledMs, hubMs and upMs, each since the start']]),
  };
}
