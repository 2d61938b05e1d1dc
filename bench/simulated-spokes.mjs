// Thousands of simulated spokes in one process, by `npm start -- --simulated N`: all connected, at which cost.
import { rounded } from './interleave.mjs';
import { StartBench } from './start-bench.mjs';
import { whyNot } from './why-not.mjs';

const FEW = 3;
const REACH = { kibASpoke: 256, idlePercent: 20 };

export const sizes = { full: { spokes: 2000, idleS: 30 }, tiny: { spokes: 20, idleS: 1 } };

/** @param {typeof sizes.full} size */
export async function run({ spokes, idleS }) {
  const bench = await StartBench.open();
  try {
    const few = await bench.measureFleet(FEW, idleS);
    await bench.forget();
    const many = await bench.measureFleet(spokes, idleS);
    const kibASpoke = (/** @type {'hub' | 'simulator'} */ program) =>
      rounded((many.kib[program] - few.kib[program]) / (spokes - FEW));
    const memory = { hub: kibASpoke('hub'), simulator: kibASpoke('simulator') };
    const most = Math.max(memory.hub, memory.simulator);
    const idle = Math.max(many.idlePercent.hub, many.idlePercent.simulator);
    return {
      bench: 'simulated-spokes',
      n: spokes,
      arms: { few: `${FEW} spokes`, many: `${spokes} spokes` },
      kibASpoke: memory,
      connectedMs: many.connectedMs,
      idlePercent: many.idlePercent,
      ratio: rounded(most / REACH.kibASpoke),
      reach: `all connected; <= ${REACH.kibASpoke} KiB a spoke and <= ${REACH.idlePercent} % of a core at rest, in the hub and in the simulator`,
      met: most <= REACH.kibASpoke && idle <= REACH.idlePercent,
      ...whyNot([
        [most > REACH.kibASpoke, 'memory a spoke, see kibASpoke'],
        [idle > REACH.idlePercent, 'work at rest, see idlePercent'],
      ]),
    };
  } finally {
    await bench.close();
  }
}
