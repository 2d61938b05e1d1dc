import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Binaries } from './binary-cache.js';
import { COMPONENTS } from './component-names.js';
import { LocalCluster, type LocalClusterOptions } from './local-cluster.js';
import { LocalClusterError } from './local-cluster-error.js';
import { parsePorts } from './ports.js';
import { prepareBinaries } from './prepare-binaries.js';
import { canDieWithParent, commandLineOf } from './process-table.js';
import { clientFor, eventually } from './testing.js';

const LAUNCHER = fileURLToPath(new URL('../test/launcher.mjs', import.meta.url));
/** 127.0.0.1 and the state of a listening socket in the tables of Linux. */
const [LOOPBACK, LISTENING] = ['0100007F', '0A'];
const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kept' } };
const systemCanTie = await canDieWithParent();
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const LABELS = { app: 'made-afterwards' };
const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'made-afterwards' },
  spec: {
    selector: { matchLabels: LABELS },
    template: {
      metadata: { labels: LABELS },
      spec: { containers: [{ name: 'app', image: 'example.test/app:1' }] },
    },
  },
};

describe('a local cluster', () => {
  let binaries: Binaries;
  let root: string;
  const running: LocalCluster[] = [];
  const orphans: number[] = [];

  beforeAll(async () => {
    const prepared = await prepareBinaries();
    if (!prepared.ok) throw new Error(prepared.error.message);
    binaries = prepared.value;
  }, 900_000);

  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'apollo-local-cluster-')));
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((cluster) => cluster.stop()));
    for (const pid of await aliveAmong(orphans.splice(0))) process.kill(pid, 'SIGKILL');
    await rm(root, { recursive: true, force: true });
  });

  async function start(
    name: string,
    more: Partial<LocalClusterOptions> = {},
  ): Promise<LocalCluster> {
    const directory = join(root, name);
    const options = { name, directory, binaries, dieWithParent: true, ...more };
    const cluster = await LocalCluster.start(options);
    running.push(cluster);
    return cluster;
  }

  it('keeps its data and its address from a stop to the next start, and leaves no process', async () => {
    const first = await start('dev', { durable: true });
    const pids = await pidsOf(join(root, 'dev'));
    expect(Object.keys(pids).sort()).toEqual([...COMPONENTS].sort());
    await create(first, NAMESPACE);
    await first.stop();

    expect(await aliveAmong(Object.values(pids))).toEqual([]);
    expect(await readdir(join(root, 'dev', 'pids'))).toEqual([]);

    const second = await start('dev', { durable: true });
    expect(second.apiUrl).toBe(first.apiUrl);
    expect(await status(second, '/api/v1/namespaces/kept')).toBe(200);
  });

  it('listens on 127.0.0.1 only', async () => {
    await start('dev');
    const ports = parsePorts(await readFile(join(root, 'dev', 'ports.json'), 'utf8'));
    const listeners = await addressesListeningOn(Object.values({ ...ports }));
    expect(listeners).toEqual([LOOPBACK, LOOPBACK, LOOPBACK, LOOPBACK]);
  });

  it('runs beside another one that shares nothing with it', async () => {
    const [one, other] = await Promise.all([start('one'), start('other')]);
    await create(one, NAMESPACE);
    expect(one.apiUrl).not.toBe(other.apiUrl);
    expect(await status(one, '/api/v1/namespaces/kept')).toBe(200);
    expect(await status(other, '/api/v1/namespaces/kept')).toBe(404);
  });

  it('starts again over what a killed launcher left running', async () => {
    const directory = join(root, 'dev');
    const pids = await killLauncherOf(directory, []);
    expect(await aliveAmong(Object.values(pids))).toHaveLength(5);

    const lines: string[] = [];
    await start('dev', { onLog: (line) => lines.push(line) });
    expect(await aliveAmong(Object.values(pids))).toEqual([]);
    expect(lines[0]).toBe(
      'dev: ended what an earlier start had left: kwok, kube-scheduler, kube-controller-manager, kube-apiserver, etcd',
    );
  });

  (systemCanTie ? it : it.skip)('dies with a launcher that asked for it', async () => {
    const pids = await killLauncherOf(join(root, 'dev'), ['die-with-parent']);
    const gone = eventually('all processes to be gone', async () => {
      const alive = await aliveAmong(Object.values(pids));
      return alive.length === 0 ? true : undefined;
    });
    expect(await gone).toBe(true);
  });

  it('is not started twice out of one directory', async () => {
    const first = await start('dev');
    await expect(start('dev')).rejects.toThrow(
      /already run by process \d+ .* Stop that process first/,
    );
    expect(await status(first, '/readyz')).toBe(200);
  });

  it('comes back after a power cut', async () => {
    const first = await start('dev', { durable: true });
    await create(first, NAMESPACE);
    await first.kill();
    const second = await start('dev', { durable: true });
    expect(await status(second, '/api/v1/namespaces/kept')).toBe(200);
  });

  it('says which part did not come up and leaves nothing running', async () => {
    const broken = start('dev', { binaries: { ...binaries, kwok: '/nonexistent/kwok' } });
    await expect(broken).rejects.toThrow(LocalClusterError);
    await expect(broken).rejects.toThrow(/The local cluster "dev" did not start: kwok ended/);
    expect(await readdir(join(root, 'dev', 'pids'))).toEqual([]);
  });

  it('comes up although a part of it had no patience with a slow API server', async () => {
    const impatient = join(root, 'impatient');
    const given = `[ "$1" = kube-controller-manager ] && mkdir ${join(root, 'gave-up')} && exit 1`;
    await writeFile(impatient, `#!/bin/sh\n${given}\nexec ${binaries.kubernetes} "$@"\n`, {
      mode: 0o700,
    });
    const lines: string[] = [];
    const kubernetes = { ...binaries, kubernetes: impatient };
    await start('dev', { binaries: kubernetes, onLog: (line) => lines.push(line) });
    expect(lines[0]).toBe(
      'dev: kube-controller-manager ended unexpectedly (exit code 1); starting it again',
    );
  });

  it('leaves nothing running when a later part cannot even be spawned', async () => {
    const broken = start('dev', { binaries: { ...binaries, kwok: '/no\0path' } });
    await expect(broken).rejects.toThrow('must be a string without null bytes');
    expect(await readdir(join(root, 'dev', 'pids'))).toEqual([]);
  });

  it('gives up a start that was called off', async () => {
    const reason = new Error('Ctrl-C');
    await expect(start('dev', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await readdir(join(root, 'dev', 'pids'))).toEqual([]);
  });

  it.each(COMPONENTS)(
    'works on after %s was killed, and leaves no process when it stops',
    async (name) => {
      const lines: string[] = [];
      const cluster = await start('dev', { onLog: (line) => lines.push(line) });
      const before = await pidsOf(join(root, 'dev'));
      process.kill(before[name] ?? NaN, 'SIGKILL');
      const after = await eventually(`another ${name}`, async () => {
        const pids = await pidsOf(join(root, 'dev'));
        return pids[name] === before[name] ? undefined : pids;
      });
      orphans.push(...Object.values(after));
      expect(lines).toContain(`dev: ${name} ended unexpectedly (SIGKILL); starting it again`);
      expect(await aliveAmong(Object.values(after))).toHaveLength(5);

      await eventually('the API server to answer', () => created(cluster, DEPLOYMENTS, DEPLOYMENT));
      await eventually('the Deployment to be ready', () => readyReplicas(cluster));

      await Promise.all([cluster.stop(), cluster.stop()]);
      expect(await aliveAmong([...Object.values(before), ...Object.values(after)])).toEqual([]);
      expect(await readdir(join(root, 'dev', 'pids'))).toEqual([]);
      expect(lines.filter((line) => line === 'dev: stopped')).toHaveLength(1);
    },
  );

  /** Starts a cluster by another process, kills that one, and returns the cluster's pids. */
  async function killLauncherOf(
    directory: string,
    more: string[],
  ): Promise<Record<string, number>> {
    const args = [LAUNCHER, 'dev', directory, JSON.stringify(binaries), ...more];
    const launcher = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const [said] = (await once(launcher.stdout, 'data')) as [Buffer];
    expect(said.toString()).toMatch(/^https:\/\/127\.0\.0\.1:\d+\n$/);
    const pids = await pidsOf(directory);
    orphans.push(...Object.values(pids));
    const ended = once(launcher, 'exit');
    launcher.kill('SIGKILL');
    await ended;
    return pids;
  }
});

async function create(cluster: LocalCluster, body: unknown): Promise<void> {
  const api = await clientFor(cluster.kubeconfigPath);
  const answer = await api.send({ method: 'POST', path: '/api/v1/namespaces', body });
  expect(answer.status).toBe(201);
}

async function status(cluster: LocalCluster, path: string): Promise<number> {
  const api = await clientFor(cluster.kubeconfigPath);
  return (await api.send({ method: 'GET', path })).status;
}

async function pidsOf(directory: string): Promise<Record<string, number>> {
  const files = (await readdir(join(directory, 'pids'))).filter((file) => file.endsWith('.pid'));
  const pids = await Promise.all(
    files.map(async (file) => Number(await readFile(join(directory, 'pids', file), 'utf8'))),
  );
  return Object.fromEntries(files.map((file, at) => [file.replace('.pid', ''), pids[at] ?? NaN]));
}

/** True once it is there; undefined while nobody answers, or not yet. */
async function created(
  cluster: LocalCluster,
  path: string,
  body: unknown,
): Promise<true | undefined> {
  const api = await clientFor(cluster.kubeconfigPath);
  const [sent] = await Promise.allSettled([api.send({ method: 'POST', path, body })]);
  return sent.status === 'fulfilled' && [201, 409].includes(sent.value.status) ? true : undefined;
}

async function readyReplicas(cluster: LocalCluster): Promise<number | undefined> {
  const api = await clientFor(cluster.kubeconfigPath);
  const { body } = await api.send({ method: 'GET', path: `${DEPLOYMENTS}/made-afterwards` });
  const { status: found } = JSON.parse(body) as { status?: { readyReplicas?: number } };
  return found?.readyReplicas;
}

async function aliveAmong(pids: readonly number[]): Promise<number[]> {
  const lines = await Promise.all(pids.map(commandLineOf));
  return pids.filter((_, at) => lines[at] !== undefined);
}

/** The local addresses of all listening TCP sockets with these ports, as Linux writes them. */
async function addressesListeningOn(ports: readonly number[]): Promise<string[]> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((table) => readFile(table, 'utf8')),
  );
  return tables
    .flatMap((table) => table.split('\n').map((line) => line.trim().split(/\s+/)))
    .filter(([, , , state]) => state === LISTENING)
    .map(([, local = '']) => local.split(':'))
    .filter(([, port = '']) => ports.includes(Number.parseInt(port, 16)))
    .map(([address = '']) => address);
}
