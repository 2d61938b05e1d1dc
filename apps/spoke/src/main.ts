import { availableParallelism, homedir } from 'node:os';
import { pino } from 'pino';
import { HelmUnavailable } from '@apollo-deploy/helm';
import { KubeUnavailable } from '@apollo-deploy/kube';
import { DriftRulesUnusable } from './drift/read-drift-rules.js';
import { HealthRulesUnusable } from './health-rules/read-health-rules.js';
import { readSpokeConfig } from './spoke-config.js';
import { StandardOutput } from './standard-output.js';
import { StartRefused, startSpoke } from './start-spoke.js';
import { TrustedKeysUnusable } from './trust/read-trusted-keys.js';
import { IdentityUnusable } from './trust/identity-files.js';
import { TokenUnreadable } from './trust/read-token.js';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** What a person can do something about: one sentence says it, a stack would hide it. */
const EXPLAINED = [
  StartRefused,
  TokenUnreadable,
  IdentityUnusable,
  HealthRulesUnusable,
  DriftRulesUnusable,
  TrustedKeysUnusable,
  KubeUnavailable,
  HelmUnavailable,
];

/** Runs the spoke until it is told to stop; a second signal ends the process at once. */
async function run(): Promise<void> {
  const machine = { cores: availableParallelism(), homeDirectory: homedir() };
  const config = readSpokeConfig(process.env, machine);
  if (!config.ok) {
    for (const { message } of config.error) process.stderr.write(`${message}\n`);
    process.exit(1);
  }
  const options = { level: config.value.logLevel, base: { process: process.pid } };
  const log = pino(options, new StandardOutput(process.stdout));
  // Waits are not held against the end of a process, and a spoke that waits is at work.
  setInterval(() => undefined, 2 ** 30);
  const signal = nextSignal();
  const spoke = await Promise.race([startSpoke(config.value, log), signal.then(() => null)]);
  if (spoke !== null) {
    log.info({ hub: config.value.httpUrl }, 'started');
    log.info({ signal: await signal }, 'stopping; what Helm has begun is finished first');
    await spoke.stop();
  }
  log.info('stopped');
  process.exit(0);
}

/** Resolves with the first signal. Also heard while the spoke still starts. */
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

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const explained = EXPLAINED.some((kind) => error instanceof kind);
  return explained ? error.message : (error.stack ?? error.message);
}

await run().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
});
