import { EventEmitter, once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Store } from '@apollo-deploy/orchestration';
import { openStore, startEmbeddedPostgres, type StorageReport } from '@apollo-deploy/storage';
import type { LoggerService } from '@nestjs/common';
import type { HubConfig } from './config/hub-config.js';
import { createHub } from './create-hub.js';
import { withClientSecret } from './login/read-client-secret.js';
import { letAdminIn } from './people/let-admin-in.js';
import { KeyFileSigner } from './signing/key-file-signer.js';
import { publishFirstKeySet } from './signing/publish-first-key-set.js';
import { Readiness } from './http/readiness.js';
import { assertPortFree, portFailure } from './port-unusable.js';
import { SystemClock } from './platform/system-clock.js';
import { UlidIds } from './platform/ulid-ids.js';

/** How long requests under way may go on once the hub stops, in milliseconds. */
const DRAIN_MS = 10_000;
/** How often connections whose last request has ended are closed meanwhile, in milliseconds. */
const IDLE_SWEEP_MS = 50;

export interface RunningHub {
  /** Where it listens: `http://127.0.0.1:8234`. */
  readonly url: string;
  /** Resolves if the hub cannot go on, with why; it is to be stopped then. */
  readonly failed: Promise<Error>;
  /**
   * Takes no new requests, lets those under way end for up to ten seconds, says goodbye to spokes,
   * closes the store and stops the PostgreSQL it has started. Calls after the first wait for it.
   */
  stop(): Promise<void>;
}

type Undo = () => Promise<void>;

/** What comes up along with the store. */
interface Surroundings {
  readonly logger: LoggerService;
  readonly undos: Undo[];
  readonly onFailed: (failure: Error) => void;
}

/**
 * Starts everything and listens. Whatever goes wrong, nothing is left behind. Throws
 * `PortUnusable`, `ClientSecretRefused`, `SigningKeyUnusable`, `AdminTokenRefused`, and what
 * `startEmbeddedPostgres` and `openStore` throw.
 */
export async function startHub(given: HubConfig, logger: LoggerService): Promise<RunningHub> {
  // Before anything else: a second hub on this machine must not touch the first one's database.
  await assertPortFree(given);
  const config = await withClientSecret(given);
  const signer = await readSigner(config, logger);
  const undos: Undo[] = [];
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= undoAll(undos));
  const failures = new EventEmitter<{ failure: [Error] }>();
  const failed = once(failures, 'failure').then(([failure]) => failure as Error);
  const onFailed = (failure: Error): void => void failures.emit('failure', failure);
  try {
    const store = await openConfiguredStore(config, { logger, undos, onFailed });
    undos.push(() => store.close());
    const parts = {
      ...{ config, store, clock: new SystemClock(), ids: new UlidIds() },
      ...(signer !== undefined && { signer }),
    };
    await letAdminIn(parts);
    if (signer !== undefined) {
      await publishFirstKeySet({ ...parts, startedAt: parts.clock.now() }, signer);
    }
    const app = await createHub(parts, logger);
    const server: Server = app.getHttpServer();
    undos.push(() => drain(server, app.get(Readiness), () => app.close()));
    await app.listen(config.port, config.host).catch((error: unknown) => {
      throw portFailure(config, error);
    });
    return { url: urlOf(server.address() as AddressInfo), failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function readSigner(
  { signingKeyFiles }: HubConfig,
  logger: LoggerService,
): Promise<KeyFileSigner | undefined> {
  if (signingKeyFiles.length === 0) {
    logger.warn(
      'there is no APOLLO_SIGNING_KEY_FILE: this replica sends no plans to spokes that carry out signed ones only; replicas with a key do',
    );
    return undefined;
  }
  const signer = await KeyFileSigner.read(signingKeyFiles);
  logger.log(`plans are signed with key ${signer.keyIds.join(' and ')}`);
  return signer;
}

async function openConfiguredStore(config: HubConfig, surroundings: Surroundings): Promise<Store> {
  const { logger } = surroundings;
  if (config.storage === 'memory') {
    logger.warn('everything is kept in memory and is gone when the hub stops');
    return openStore('memory', {});
  }
  if (config.storage === 'filesystem') {
    const onReport = ({ message }: StorageReport): void => {
      logger.warn(message);
    };
    return openStore('filesystem', { directory: config.storageDirectory, onReport });
  }
  const url = config.databaseUrl ?? (await startOwnPostgres(config, surroundings));
  const onConnectionLost = (error: Error): void => {
    logger.warn(error);
  };
  return openStore('database', { url, onConnectionLost });
}

async function startOwnPostgres(
  { dataDirectory }: HubConfig,
  { logger, undos, onFailed }: Surroundings,
): Promise<string> {
  const onLog = (line: string): void => {
    logger.log(line);
  };
  const options = { directory: dataDirectory, onLog, onGivenUp: onFailed };
  const postgres = await startEmbeddedPostgres(options);
  undos.push(() => postgres.stop());
  return postgres.url;
}

async function drain(server: Server, readiness: Readiness, close: Undo): Promise<void> {
  readiness.drain();
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, IDLE_SWEEP_MS);
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, DRAIN_MS);
  try {
    await close();
    await closed;
  } finally {
    clearInterval(sweep);
    clearTimeout(cut);
  }
}

/** In reverse order. One that fails does not keep the others from being undone. */
async function undoAll(undos: readonly Undo[]): Promise<void> {
  const failures: unknown[] = [];
  for (const undo of [...undos].reverse()) {
    await undo().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw new AggregateError(failures, 'the hub did not stop cleanly');
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
