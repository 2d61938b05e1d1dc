import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, symlink, utimes } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { packagesOf } from '../tools/start/workspace-packages.mjs';
import { childrenCpuMs, cpuMs } from './spoke-process.mjs';

const ROOT = join(import.meta.dirname, '..');
const run = promisify(execFile);
/** For thousands of spokes to be connected. */
const LONGEST_MS = 300_000;
/** When the launcher says these, what they stand for has been done. */
const MARKS = /** @type {const} */ ({
  compiledMs: ' compiled ',
  hubMs: ' ready on ',
  upMs: 'everything is up',
});

/** A clone of this repository as it stands, what is not committed included, and starts in it. */
export class StartBench {
  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
    this.clone = join(folder, 'clone');
    this.home = join(folder, 'home');
  }

  static async open() {
    const bench = new StartBench(await mkdtemp(join(tmpdir(), 'apollo-bench-start-')));
    const { stdout } = await run('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
      ...{ cwd: ROOT, maxBuffer: 2 ** 26 },
    });
    const files = stdout.split('\0').filter((file) => file !== '' && existsSync(join(ROOT, file)));
    for (const file of files) await cp(join(ROOT, file), join(bench.clone, file));
    // The packages are there, and are not to be installed again.
    await utimes(join(bench.clone, 'package-lock.json'), 0, 0);
    for (const folder of ['.', ...(await packagesOf(ROOT)).map((one) => one.folder)]) {
      const packages = join(ROOT, folder, 'node_modules');
      const place = join(bench.clone, folder, 'node_modules');
      if (existsSync(packages)) await symlink(packages, place);
    }
    return bench;
  }

  /** Makes the clone a fresh one again. */
  async forget() {
    await rm(join(this.clone, '.apollo-code'), { recursive: true, force: true });
    await rm(`${this.home}-simulated`, { recursive: true, force: true });
  }

  /** Starts, waits until all is up, and stops; processor time is that of all processes until then. */
  async start() {
    const cpuBefore = childrenCpuMs();
    const times = await this.#run([], () => Promise.resolve());
    return { ...times, cpuMs: Math.round(childrenCpuMs() - cpuBefore) };
  }

  /**
   * Starts so many spokes, waits until all of them are connected, and stops: what the hub and the
   * simulator have in memory by then, and what they do while nothing happens for `idleS` seconds.
   * @param {number} spokes
   * @param {number} idleS
   */
  async measureFleet(spokes, idleS) {
    const fleet = {
      ...{ connectedMs: NaN, kib: { hub: NaN, simulator: NaN } },
      idlePercent: { hub: NaN, simulator: NaN },
    };
    await this.#run([String(spokes)], async () => {
      const simulating = await this.#logged('simulator', '"msg":"simulating"');
      const connected = await this.#logged('simulator', `"connected":${spokes},`);
      fleet.connectedMs = connected.time - simulating.time;
      const pids = { hub: await this.#pid('hub'), simulator: await this.#pid('simulator') };
      const programs = /** @type {(keyof typeof pids)[]} */ (Object.keys(pids));
      const before = programs.map((program) => cpuMs(pids[program]));
      await delay(idleS * 1000);
      for (const [index, program] of programs.entries()) {
        const usedMs = cpuMs(pids[program]) - (before[index] ?? NaN);
        fleet.idlePercent[program] = Math.round(usedMs / idleS) / 10;
        fleet.kib[program] = await residentKib(pids[program]);
      }
    });
    console.error(`  ${spokes} spokes: ${JSON.stringify(fleet)}`);
    return fleet;
  }

  async close() {
    await rm(this.folder, { recursive: true, force: true });
  }

  /**
   * Resolves when all has been up, `then` has been done and all is stopped.
   * @param {readonly string[]} words
   * @param {() => Promise<void>} then
   */
  async #run(words, then) {
    const port = await freePort();
    const startedAt = performance.now();
    const args = [join(this.clone, 'tools/start.mjs'), '--simulated', ...words];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, APOLLO_HOME: this.home, APOLLO_PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(child, 'close');
    const times = { compiledMs: NaN, hubMs: NaN, upMs: NaN };
    for await (const line of createInterface(child.stdout)) {
      for (const name of /** @type {(keyof typeof MARKS)[]} */ (Object.keys(MARKS))) {
        if (!line.includes(MARKS[name])) continue;
        times[name] = Math.round(performance.now() - startedAt);
        if (name === 'upMs') void then().finally(() => child.kill('SIGINT'));
      }
    }
    await closed;
    if (Number.isNaN(times.upMs)) throw new Error('npm start ended before everything was up');
    return times;
  }

  /**
   * The first line of a program's log that holds the text, once there is one.
   * @param {string} program
   * @param {string} text
   * @returns {Promise<{ time: number }>}
   */
  async #logged(program, text) {
    for (const until = performance.now() + LONGEST_MS; performance.now() < until;) {
      const log = await readFile(join(`${this.home}-simulated`, 'logs', `${program}.log`), 'utf8');
      const line = log.split('\n').find((each) => each.includes(text));
      if (line !== undefined) return JSON.parse(line);
      await delay(200);
    }
    throw new Error(`the ${program} never said ${text}`);
  }

  /** @param {string} program */
  async #pid(program) {
    return Number(await readFile(join(`${this.home}-simulated`, 'run', `${program}.pid`), 'utf8'));
  }
}

/** @param {number} pid */
async function residentKib(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
