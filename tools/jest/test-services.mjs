import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DATABASE_LEVELS = ['contract', 'int', 'e2e'];
const CLUSTER_LEVELS = ['cluster', 'e2e'];
/** A start takes a few seconds; what has not ended by then is a build, which leaves nothing behind. */
const STARTING_LIMIT_MS = 15_000;
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 };

/** What to undo, in the order it was done. @type {(() => Promise<unknown>)[]} */
const undo = [];
/** @type {Promise<void>} */
let starting = Promise.resolve();
/** @type {Promise<void> | undefined} */
let stopping;

/**
 * Starts what a level of tests needs, once for all its files, and says where it is in the
 * environment: `APOLLO_TEST_DATABASE_URL`; `APOLLO_TEST_KUBECONFIG`, `APOLLO_TEST_HELM` and
 * `APOLLO_TEST_HELM_3`. What the environment already names is used instead. They come from the built
 * packages, so build first.
 * @param {string} level
 */
export async function startTestServices(level) {
  const needsDatabase = DATABASE_LEVELS.includes(level) && unset('APOLLO_TEST_DATABASE_URL');
  const needsCluster = CLUSTER_LEVELS.includes(level) && unset('APOLLO_TEST_KUBECONFIG');
  if (!needsDatabase && !needsCluster) return;
  stopOnSignals();
  starting = startAll(needsDatabase, needsCluster);
  try {
    await starting;
  } catch (error) {
    await stopTestServices();
    throw error;
  }
}

/**
 * @param {boolean} database
 * @param {boolean} cluster
 */
async function startAll(database, cluster) {
  if (database) await startDatabase();
  if (cluster) await startCluster();
}

/** Stops everything that was started, last first. A second caller waits for the first. */
export function stopTestServices() {
  stopping ??= undoAll();
  return stopping;
}

async function undoAll() {
  const patience = AbortSignal.timeout(STARTING_LIMIT_MS);
  await Promise.race([Promise.allSettled([starting]), once(patience, 'abort')]);
  for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
}

/** @param {string} name */
function unset(name) {
  return process.env[name] === undefined || process.env[name] === '';
}

async function startDatabase() {
  const { startEmbeddedPostgres } = await import('@apollo-deploy/storage');
  const directory = await temporaryFolder('apollo-pg-');
  const database = await startEmbeddedPostgres({ directory, durable: false });
  undo.push(() => database.stop());
  process.env['APOLLO_TEST_DATABASE_URL'] = database.url;
}

async function startCluster() {
  const { startTestCluster } = await import('@apollo-deploy/local-cluster');
  const cluster = await startTestCluster((line) => process.stderr.write(`${line}\n`));
  undo.push(() => cluster.stop());
  process.env['APOLLO_TEST_KUBECONFIG'] = cluster.kubeconfigPath;
  process.env['APOLLO_TEST_HELM'] = cluster.helm;
  process.env['APOLLO_TEST_HELM_3'] = cluster.helm3;
}

/** Short, because sockets live in it and their paths may have 107 bytes at most. */
async function temporaryFolder(/** @type {string} */ prefix) {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** jest forgets its teardown when a signal ends it, so this ends it. */
function stopOnSignals() {
  for (const [signal, code] of Object.entries(EXIT_CODES)) {
    process.on(signal, () => void stopTestServices().finally(() => process.exit(code)));
  }
}
