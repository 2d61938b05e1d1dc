import {
  EmbeddedPostgresFailed,
  SchemaNotOurs,
  SchemaTooNew,
  StorageFolderRefused,
} from '@apollo-deploy/storage';
import { StoreUnavailable } from '@apollo-deploy/orchestration';
import { readHubConfig } from './config/hub-config.js';
import { ClientSecretRefused } from './login/read-client-secret.js';
import { AdminTokenRefused } from './people/let-admin-in.js';
import { JsonLogger } from './platform/json-logger.js';
import { StandardOutput } from './platform/standard-output.js';
import { PortUnusable } from './port-unusable.js';
import { SigningKeyUnusable } from './signing/key-file-signer.js';
import { startHub } from './start-hub.js';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** What a person can do something about: one sentence says it, a stack would hide it. */
const EXPLAINED = [
  PortUnusable,
  AdminTokenRefused,
  ClientSecretRefused,
  SigningKeyUnusable,
  EmbeddedPostgresFailed,
  SchemaNotOurs,
  SchemaTooNew,
  StorageFolderRefused,
  StoreUnavailable,
];

/**
 * Runs the hub until it is told to stop, or cannot go on: then it ends with an exit code for whoever
 * looks after it. A second signal ends the process at once.
 */
async function run(): Promise<void> {
  const config = readHubConfig(process.env, process.cwd());
  if (!config.ok) {
    for (const { message } of config.error) process.stderr.write(`${message}\n`);
    process.exit(1);
  }
  const logger = new JsonLogger(config.value.logLevel, new StandardOutput(process.stdout));
  const signal = nextSignal();
  const hub = await startHub(config.value, logger);
  logger.log(`listening on ${hub.url}`);
  const end = await Promise.race([signal, hub.failed]);
  const failed = typeof end !== 'string';
  if (failed) logger.error(`${end.message}; stopping`);
  else logger.log(`${end}: stopping`);
  await hub.stop();
  logger.log('stopped');
  process.exit(failed ? 1 : 0);
}

/** Resolves with the first signal. Also heard while the hub still starts. */
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
  return EXPLAINED.some((kind) => error instanceof kind)
    ? error.message
    : (error.stack ?? error.message);
}

await run().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
});
