// `npm start`: a whole Apollo on this machine: hub, three local clusters, a spoke in each, three
// example products running in dev. No dependencies, because it installs them.
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { checkNode, prepareCode } from './start/build.mjs';
import { prepareClusterPrograms, startClusters } from './start/clusters.mjs';
import { installExamples, registerExamples } from './start/examples.mjs';
import { foldersOf } from './start/folders.mjs';
import { HubApi } from './start/hub-api.mjs';
import { endSurvivor, livingProcess, writePidFile } from './start/process-table.mjs';
import { Program } from './start/program.mjs';
import { ensureSpokeToken } from './start/spoke-token.mjs';
import { printSummary } from './start/summary.mjs';
import { elapsed, say, StartRefusal } from './start/terminal.mjs';

const ROOT = join(import.meta.dirname, '..');
const HOST = '127.0.0.1';
const DEFAULT_PORT = 8234;
const PORT = Number(process.env.APOLLO_PORT ?? DEFAULT_PORT);
const HUB_SCRIPT = join(ROOT, 'apps/hub/dist/main.js');
const SPOKE_SCRIPT = join(ROOT, 'apps/spoke/dist/main.js');
const HUB_READY_MS = 60_000;
const ENVIRONMENTS = [
  { name: 'dev', tier: 'development' },
  { name: 'staging', tier: 'staging' },
  { name: 'prod', tier: 'production' },
];
const HELP = `npm start               the whole system on this machine, until Ctrl-C; data is kept
npm start -- --reset    the same, after deleting the data of earlier starts
APOLLO_PORT             the hub's port, ${String(DEFAULT_PORT)} if unset
APOLLO_HOME             where data, logs and kubeconfigs are kept, .apollo if unset`;

const folders = foldersOf(process.env.APOLLO_HOME ?? join(ROOT, '.apollo'));
const launcherPid = join(folders.run, 'launcher.pid');
const stop = new AbortController();
/** What was started, in order; stopped in reverse. @type {{ stop(): Promise<void> }[]} */
const running = [];
/** @type {(reason: string) => void} */
let giveUp = () => undefined;
const givenUp = new Promise((_, reject) => {
  giveUp = (reason) => reject(new StartRefusal(reason));
});
givenUp.catch(() => stop.abort());

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (stop.signal.aborted) return;
    say('start', `${signal}: stopping; data is kept`);
    stop.abort();
  });
}

process.exitCode = await main(process.argv.slice(2));

/** @param {string[]} args */
async function main(args) {
  let code = 0;
  try {
    const reset = readArguments(args);
    await start(reset);
    await Promise.race([givenUp, untilAborted()]);
  } catch (error) {
    if (error instanceof StartRefusal) console.error(`\n${error.message}`);
    else if (!stop.signal.aborted) console.error('\nnpm start failed:', error);
    code = error instanceof StartRefusal || !stop.signal.aborted ? 1 : 130;
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

/** @param {string[]} args */
function readArguments(args) {
  if (args.includes('--help')) {
    console.log(HELP);
    process.exit(0);
  }
  if (args.includes('--simulated')) {
    throw new StartRefusal(
      'Simulated clusters are not part of this version yet; npm start without --simulated uses real ones.',
    );
  }
  const unknown = args.find((argument) => argument !== '--reset');
  if (unknown !== undefined) throw new StartRefusal(`Unknown option ${unknown}.\n${HELP}`);
  return args.includes('--reset');
}

/** @param {boolean} reset */
async function start(reset) {
  checkNode();
  await becomeTheOnlyLauncher();
  await endSurvivors();
  if (reset) await deleteData();
  await checkPort();
  await prepareCode(ROOT, stop.signal);

  const hub = await startHub();
  const library = await import('@apollo-deploy/local-cluster');
  const programs = prepareClusterPrograms(library, folders.bin, stop.signal);
  programs.catch(() => undefined);
  await hub.ready(HUB_READY_MS, () => (stop.signal.aborted ? 'stopped' : undefined));
  say('hub', `ready on ${hub.url}`);
  const examples = registerExamples(ROOT, hub, ENVIRONMENTS);
  const names = ENVIRONMENTS.map(({ name }) => name);
  const [clusters] = await Promise.all([
    programs.then((found) => startClusters(library, names, folders, found, stop.signal)),
    examples,
  ]);
  running.push({ stop: async () => void (await Promise.all(clusters.map((one) => one.stop()))) });
  const { helm } = await programs;
  await Promise.all(clusters.map((cluster) => startSpoke(hub, cluster, helm)));
  await installExamples(ROOT, hub, stop.signal);
  await printSummary(hub, folders, names);
  say('start', `everything is up after ${elapsed()}; Ctrl-C stops it and keeps the data`);
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
    ...ENVIRONMENTS.map(({ name }) => [`spoke-${name}`, SPOKE_SCRIPT]),
    ['hub', HUB_SCRIPT],
  ];
  for (const [name, script] of programs) {
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

function checkPort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      reject(
        new StartRefusal(
          error.code === 'EADDRINUSE'
            ? `Port ${String(PORT)} on ${HOST} is taken by another program; stop it, or set APOLLO_PORT to another port, and run npm start again.`
            : `Port ${String(PORT)} on ${HOST} cannot be opened: ${error.message}`,
        ),
      );
    });
    probe.listen(PORT, HOST, () => probe.close(resolve));
  });
}

async function startHub() {
  const program = new Program({
    name: 'hub',
    script: HUB_SCRIPT,
    env: { APOLLO_HOST: HOST, APOLLO_PORT: String(PORT), APOLLO_DATA_DIR: folders.data },
    folders,
    onGivenUp: giveUp,
  });
  await program.start();
  running.push(program);
  return new HubApi(`http://${HOST}:${String(PORT)}`);
}

/**
 * @param {HubApi} hub
 * @param {import('@apollo-deploy/local-cluster').LocalCluster} cluster
 * @param {string} helm
 */
async function startSpoke(hub, cluster, helm) {
  const folder = folders.spoke(cluster.name);
  const tokenFile = await ensureSpokeToken(hub, cluster.name, folder);
  const program = new Program({
    name: `spoke-${cluster.name}`,
    script: SPOKE_SCRIPT,
    env: {
      APOLLO_HUB_URL: hub.url,
      APOLLO_SPOKE_TOKEN_FILE: tokenFile,
      APOLLO_KUBECONFIG: cluster.kubeconfigPath,
      APOLLO_HELM: helm,
      APOLLO_SPOKE_WORKDIR: join(folder, 'work'),
    },
    folders,
    onGivenUp: giveUp,
  });
  await program.start();
  running.push(program);
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
