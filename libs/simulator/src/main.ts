import { randomUUID } from 'node:crypto';
import { systemTimer } from '@apollo-deploy/kube';
import { StandardOutput, systemClock } from '@apollo-deploy/spoke';
import { pino } from 'pino';
import { SimulatedFleet } from './simulated-fleet.js';
import { readSimulatorConfig } from './simulator-config.js';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
const TELL_EVERY_MS = 1000;

/** Runs a fleet of simulated spokes until it is told to stop; a second signal ends the process at once. */
async function run(): Promise<void> {
  const config = readSimulatorConfig(process.env);
  if (!config.ok) {
    for (const problem of config.error) process.stderr.write(`${problem}\n`);
    process.exit(1);
  }
  const { httpUrl, socketUrl, spokes, directory, seed, failures, logLevel } = config.value;
  const options = { level: logLevel, base: { process: process.pid } };
  const log = pino(options, new StandardOutput(process.stdout));
  const fleet = new SimulatedFleet({
    ...{ hubUrl: httpUrl, socketUrl, workdir: directory, log },
    spokes,
    odds: { seed, failures },
    clock: systemClock,
    timer: systemTimer,
    random: Math.random,
    newId: randomUUID,
  });
  fleet.start();
  log.info({ hub: httpUrl, spokes: spokes.length, seed, failures }, 'simulating');
  const telling = tellWhenAllAre(fleet, spokes.length, (connected) =>
    log.info({ connected, rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20) }, 'connected'),
  );
  log.info({ signal: await nextSignal() }, 'stopping');
  clearInterval(telling);
  await fleet.stop();
  log.info('stopped');
  process.exit(0);
}

/** Tells whenever all have come to be connected. The interval keeps the process alive as well. */
function tellWhenAllAre(
  fleet: SimulatedFleet,
  all: number,
  tell: (connected: number) => void,
): NodeJS.Timeout {
  let before = 0;
  return setInterval(() => {
    const { connected } = fleet;
    if (connected === all && before !== all) tell(connected);
    before = connected;
  }, TELL_EVERY_MS);
}

/** Resolves with the first signal. */
function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const name of STOP_SIGNALS) {
      process.once(name, () => {
        resolve(name);
        for (const again of STOP_SIGNALS) process.on(again, () => process.exit(1));
      });
    }
  });
}

await run().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
});
