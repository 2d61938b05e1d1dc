import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { OfferingHub } from './offering-hub.mjs';

const MAIN = join(import.meta.dirname, '..', 'apps', 'spoke', 'dist', 'main.js');
/** What Linux counts processor time in, in milliseconds. */
const TICK_MS = 10;
/** Fields of proc_pid_stat(5), counted from the one after the program's name; each has its twin behind it. */
const OWN_USER = 11;
const CHILDREN_USER = 13;

/**
 * A spoke as people run it, in a process of its own, and a hub that offers it plans.
 * @param {{ kubeconfigPath: string, helm: string, directory: string, namespace: string }} options
 */
export async function spokeProcess({ kubeconfigPath, helm, directory, namespace }) {
  const hub = new OfferingHub();
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...{ PATH: process.env['PATH'], HOME: directory, APOLLO_LOG_LEVEL: 'debug' },
      ...{ APOLLO_HUB_URL: await hub.start(), APOLLO_SPOKE_TOKEN: hub.token },
      ...{ APOLLO_KUBECONFIG: kubeconfigPath, APOLLO_HELM: helm },
      ...{ APOLLO_SPOKE_NAMESPACE: namespace, APOLLO_SPOKE_WORKDIR: directory },
    },
  });
  /** How long each plan was tried in the cluster before its claim. @type {Map<string, number>} */
  const triedMs = new Map();
  createInterface(child.stdout).on('line', (line) => {
    const { planId, triedMs: ms } = JSON.parse(line);
    if (typeof ms === 'number') triedMs.set(planId, ms);
  });
  let stopping = false;
  const ended = once(child, 'exit').then(() => {
    if (!stopping) throw new Error('the spoke ended by itself; what it said stands above');
  });
  await Promise.race([hub.ready, ended]);
  return {
    hub,
    triedMs,
    /** Of the spoke and of every Helm it has run. */
    cpuMs: () => cpuMs(child.pid),
    stop: async () => {
      stopping = true;
      child.kill('SIGTERM');
      await ended;
      await hub.stop();
    },
  };
}

/** Processor time of this process's children that have ended, in milliseconds; NaN where nobody tells. */
export function childrenCpuMs() {
  return ticks('self', CHILDREN_USER) * TICK_MS;
}

/**
 * Processor time of a process and of its children that have ended, in milliseconds.
 * @param {number | undefined} pid
 */
export function cpuMs(pid) {
  return ticks(pid, OWN_USER) * TICK_MS;
}

/**
 * The times of proc_pid_stat(5) from one of them on, in ticks.
 * @param {number | 'self' | undefined} pid
 * @param {number} from
 */
function ticks(pid, from) {
  if (process.platform !== 'linux') return NaN;
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  // The name stands in parentheses and may itself hold any character.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(from, CHILDREN_USER + 2).reduce((sum, each) => sum + Number(each), 0);
}
