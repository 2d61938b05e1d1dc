// `npm start`: a whole Apollo on this machine: hub, three local clusters (or simulated ones), a spoke
// in each, three example products running in dev. No dependencies, because it installs them.
import { setMaxListeners } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_PORT, homeOf, readArguments } from './start/arguments.mjs';
import { checkNode, codeFolder, prepareCode } from './start/build.mjs';
import { checkPort } from './start/check-port.mjs';
import { Accounts } from './start/accounts.mjs';
import { Clusters, prepareClusterPrograms } from './start/clusters.mjs';
import { installExamples, registerExamples } from './start/examples.mjs';
import { foldersOf } from './start/folders.mjs';
import { HubApi } from './start/hub-api.mjs';
import { endSurvivor, livingProcess, writePidFile } from './start/process-table.mjs';
import { Program } from './start/program.mjs';
import { ensureTokens, simulatedSpokes } from './start/simulated-spokes.mjs';
import { ensureJoinToken } from './start/join-token.mjs';
import { ensureSigningKey } from './start/signing-key.mjs';
import { printSummary } from './start/summary.mjs';
import { elapsed, say, StartRefusal } from './start/terminal.mjs';

const ROOT = join(import.meta.dirname, '..');
const HOST = '127.0.0.1';
const PORT = Number(process.env.APOLLO_PORT ?? DEFAULT_PORT);
const CODE = codeFolder(ROOT);
const HUB_SCRIPT = join(CODE, 'apps/hub/dist/main.js');
const SPOKE_SCRIPT = join(CODE, 'apps/spoke/dist/main.js');
const SIMULATOR_SCRIPT = join(CODE, 'libs/simulator/dist/main.js');
/** @type {() => Promise<typeof import('@apollo-deploy/local-cluster')>} */
const localClusters = () => import(join(CODE, 'libs/local-cluster/dist/index.js'));
/** @type {() => Promise<typeof import('@apollo-deploy/simulator')>} */
const simulator = () => import(join(CODE, 'libs/simulator/dist/index.js'));
const HUB_READY_MS = 60_000;
const ENVIRONMENTS = [
  { name: 'dev', tier: 'development' },
  { name: 'staging', tier: 'staging' },
  { name: 'prod', tier: 'production' },
];

const words = process.argv.slice(2);
const NAMES = ENVIRONMENTS.map(({ name }) => name);
const folders = foldersOf(homeOf(words, ROOT));
const launcherPid = join(folders.run, 'launcher.pid');
const stop = new AbortController();
// Each request to the hub listens until it is collected, and thousands of spokes ask for their tokens.
setMaxListeners(0, stop.signal);
/** What was started, in order; stopped in reverse. @type {{ stop(): Promise<void> }[]} */
const running = [];
/** @param {string} reason */
const giveUp = (reason) => stop.abort(new StartRefusal(reason));

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (stop.signal.aborted) return;
    say('start', `${signal}: stopping; data is kept`);
    stop.abort();
  });
}

process.exitCode = await main();

async function main() {
  let code = 0;
  try {
    await start(readArguments(words));
    await untilAborted();
    if (stop.signal.reason instanceof StartRefusal) throw stop.signal.reason;
  } catch (error) {
    code = report(error);
    stop.abort();
  }
  for (const part of running.reverse()) {
    try {
      await part.stop();
    } catch (error) {
      console.error('could not stop everything:', error);
      code = 1;
    }
  }
  if ((await livingProcess(launcherPid, 'start.mjs')) === process.pid) await rm(launcherPid);
  if (running.length > 0) say('start', 'stopped');
  return code;
}

/**
 * Tells why the start ended, unless a person ended it. Answers the exit code.
 * @param {unknown} error
 */
function report(error) {
  // What was called off fails everywhere; the reason is the one that counts.
  const reason = stop.signal.aborted ? stop.signal.reason : error;
  if (reason instanceof StartRefusal) console.error(`\n${reason.message}`);
  else if (!stop.signal.aborted) console.error('\nnpm start failed:', error);
  return reason instanceof StartRefusal || !stop.signal.aborted ? 1 : 130;
}

/** @param {{ reset: boolean, simulated: number | undefined }} wanted */
async function start({ reset, simulated }) {
  checkNode();
  await becomeTheOnlyLauncher();
  await endSurvivors();
  if (reset) await deleteData();
  await checkPort(HOST, PORT);
  await prepareCode(ROOT, stop.signal);

  const accounts = await Accounts.prepare(folders, join(CODE, 'libs/domain/dist/index.js'));
  const hub = await startHub();
  const ready = hub.ready(HUB_READY_MS).then(() => say('hub', `ready on ${hub.url}`));
  const registered = ready.then(() => registerExamples(ROOT, hub, ENVIRONMENTS));
  if (simulated === undefined) await startSpokes(hub, ready, registered);
  else await registered.then(() => startSimulator(hub, simulated));
  await installExamples(ROOT, hub, stop.signal);
  await accounts.ensure(hub);
  await printSummary(hub, folders, {
    hasClusters: simulated === undefined,
    tokens: accounts.tokens,
  });
  say('start', `everything is up after ${elapsed()}; Ctrl-C stops it and keeps the data`);
}

/**
 * A spoke in a cluster of each environment.
 * @param {HubApi} hub
 * @param {Promise<void>} hubReady
 * @param {Promise<void>} registered
 */
async function startSpokes(hub, hubReady, registered) {
  const [{ clusters, helm }] = await Promise.all([startClusters(NAMES, hubReady), registered]);
  const known = await hub.spokes();
  // All are waited for, so that none is started after the others were stopped.
  const spokes = clusters.map((cluster) => startSpoke(hub, cluster, helm, known));
  await Promise.allSettled(spokes);
  await Promise.all(spokes);
}

/**
 * All spokes in one process, with simulated clusters.
 * @param {HubApi} hub
 * @param {number} count
 */
async function startSimulator(hub, count) {
  const { DEFAULT_SEED, simulatedClusterUid } = await simulator();
  const seed = process.env.APOLLO_SIMULATED_SEED || DEFAULT_SEED;
  const spokes = simulatedSpokes(count, NAMES).map((spoke) => ({
    ...spoke,
    clusterUid: simulatedClusterUid(seed, spoke.name),
  }));
  await ensureTokens(hub, spokes, folders.spoke);
  stop.signal.throwIfAborted();
  const program = new Program({
    name: 'simulator',
    script: SIMULATOR_SCRIPT,
    env: {
      APOLLO_HUB_URL: hub.url,
      APOLLO_SPOKES_DIR: join(folders.base, 'spokes'),
      APOLLO_SIMULATED_SEED: seed,
      APOLLO_SIMULATED_SPOKES: spokes.map(({ name }) => name).join(','),
    },
    folders,
    onGivenUp: giveUp,
  });
  running.push(program);
  await program.start();
  say('simulator', `simulates ${String(count)} spokes; no Kubernetes and no Helm run`);
}

async function becomeTheOnlyLauncher() {
  const other = await livingProcess(launcherPid, 'start.mjs');
  if (other !== undefined) {
    throw new StartRefusal(
      `Apollo already runs from this folder (process ${String(other)}); stop it with Ctrl-C there, or: kill ${String(other)}`,
    );
  }
  await writePidFile(launcherPid, process.pid);
}

/** A launcher that was killed leaves its children; clusters and database look after themselves. */
async function endSurvivors() {
  const programs = [
    ...NAMES.map((name) => ({ name: `spoke-${name}`, script: SPOKE_SCRIPT })),
    { name: 'simulator', script: SIMULATOR_SCRIPT },
    { name: 'hub', script: HUB_SCRIPT },
  ];
  for (const { name, script } of programs) {
    if (await endSurvivor(join(folders.run, `${name}.pid`), script)) {
      say(name, 'ended what an earlier start had left running');
    }
  }
}

async function deleteData() {
  await rm(folders.base, { recursive: true, force: true });
  await writePidFile(launcherPid, process.pid);
  say('start', 'deleted the data of earlier starts');
}

async function startHub() {
  const { keyFile } = await ensureSigningKey(folders.keys);
  const hub = new HubApi(`http://${HOST}:${String(PORT)}`, stop.signal);
  const program = new Program({
    name: 'hub',
    script: HUB_SCRIPT,
    env: {
      APOLLO_HOST: HOST,
      APOLLO_LOGIN: 'local',
      APOLLO_ADMIN_TOKEN_FILE: folders.adminToken,
      APOLLO_PORT: String(PORT),
      APOLLO_DATA_DIR: folders.data,
      APOLLO_STORAGE_DIR: folders.storage,
      APOLLO_SIGNING_KEY_FILE: keyFile,
    },
    folders,
    onGivenUp: giveUp,
    ready: () => hub.ready(HUB_READY_MS),
  });
  running.push(program);
  await program.start();
  return hub;
}

/**
 * Prepares their programs at once, and starts them when the hub no longer needs the processors.
 * @param {readonly string[]} names
 * @param {Promise<void>} hubReady
 */
async function startClusters(names, hubReady) {
  const library = await localClusters();
  const [programs] = await Promise.all([
    prepareClusterPrograms(library, folders.bin, stop.signal),
    hubReady,
  ]);
  // A start that was called off has been cleaned up already; nothing may begin after that.
  stop.signal.throwIfAborted();
  const clusters = new Clusters(library, folders, stop.signal);
  running.push(clusters);
  return { clusters: await clusters.start(names, programs), helm: programs.helm };
}

/**
 * @param {HubApi} hub
 * @param {import('@apollo-deploy/local-cluster').LocalCluster} cluster
 * @param {string} helm
 * @param {readonly import('./start/hub-api.mjs').SpokeView[]} known
 */
async function startSpoke(hub, cluster, helm, known) {
  const { name } = cluster;
  const folder = join(folders.spoke(name), 'work');
  const spoke = { name, environment: name, clusterUid: cluster.uid };
  const tokenFile = await ensureJoinToken(hub, spoke, folder, known);
  const { trustedKeysFile } = await ensureSigningKey(folders.keys);
  const program = new Program({
    name: `spoke-${name}`,
    script: SPOKE_SCRIPT,
    env: {
      APOLLO_HUB_URL: hub.url,
      APOLLO_SPOKE_TOKEN_FILE: tokenFile,
      APOLLO_SPOKE_TRUSTED_KEYS: trustedKeysFile,
      APOLLO_KUBECONFIG: cluster.kubeconfigPath,
      APOLLO_HELM: helm,
      APOLLO_SPOKE_WORKDIR: folder,
    },
    folders,
    onGivenUp: giveUp,
  });
  running.push(program);
  await program.start();
}

function untilAborted() {
  return new Promise((resolve) => {
    if (stop.signal.aborted) resolve(undefined);
    stop.signal.addEventListener('abort', () => resolve(undefined), { once: true });
    // A pending promise alone does not keep Node running.
    const keepAlive = setInterval(() => undefined, 3_600_000);
    stop.signal.addEventListener('abort', () => clearInterval(keepAlive), { once: true });
  });
}
