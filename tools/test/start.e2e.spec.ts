import { execFile, type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@apollo-deploy/local-cluster/testing';

const LAUNCHER = join(import.meta.dirname, '../start.mjs');
const run = promisify(execFile);

/** `npm start` in a folder and on a port of its own. */
class Launcher {
  output = '';
  private readonly child: ChildProcess;
  private readonly closed: Promise<unknown>;

  constructor(env: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [LAUNCHER], {
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk) => {
        this.output += String(chunk);
      });
    }
    this.closed = once(this.child, 'close');
  }

  async says(text: string): Promise<void> {
    await eventually(
      `"${text}" in the launcher's output`,
      () => {
        if (this.output.includes(text)) return Promise.resolve(true);
        if (this.child.exitCode !== null) throw new Error(`it ended:\n${this.output}`);
        return Promise.resolve(undefined);
      },
      240_000,
    );
  }

  async end(signal?: NodeJS.Signals): Promise<number | null> {
    if (signal !== undefined) this.child.kill(signal);
    await this.closed;
    return this.child.exitCode;
  }
}

/** Command lines of living processes that have this folder in them. */
async function processesOf(folder: string): Promise<readonly string[]> {
  const { stdout } = await run('ps', ['-eww', '-o', 'stat=,command=']);
  return stdout.split('\n').filter((line) => line.includes(folder) && !line.startsWith('Z'));
}

async function occupiedPort(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, port: address.port };
}

describe('npm start', () => {
  let home: string;
  let env: Record<string, string>;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'apollo-start-'));
    const { server, port } = await occupiedPort();
    server.close();
    env = { APOLLO_HOME: home, APOLLO_PORT: String(port) };
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  async function entities(): Promise<readonly { status: string; reported: { version: string } }[]> {
    const url = `http://127.0.0.1:${env['APOLLO_PORT'] ?? ''}/api/v1/entities?environment=dev`;
    const body = (await (await fetch(url)).json()) as {
      items: readonly { status: string; reported: { version: string } }[];
    };
    return body.items;
  }

  it('brings three products to dev by real plans, and Ctrl-C leaves no process', async () => {
    const launcher = new Launcher(env);
    await launcher.says('everything is up');
    expect((await entities()).map(({ status }) => status)).toEqual([
      'up_to_date',
      'up_to_date',
      'up_to_date',
    ]);
    const { stdout } = await run(join(home, 'bin/helm'), ['list', '-A', '-o', 'json'], {
      env: { ...process.env, KUBECONFIG: join(home, 'clusters/dev/kubeconfig') },
    });
    const releases = JSON.parse(stdout) as readonly { name: string; revision: string }[];
    expect(releases.map(({ name, revision }) => `${name} ${revision}`).sort()).toEqual([
      'aria-frontend 1',
      'aria-persistence 1',
      'test-service 1',
    ]);
    expect(await launcher.end('SIGINT')).toBe(0);
    expect(await processesOf(home)).toEqual([]);
  });

  it('starts again on the kept data after the launcher was killed with kill -9', async () => {
    const killed = new Launcher(env);
    await killed.says('everything is up');
    await killed.end('SIGKILL');
    const again = new Launcher(env);
    await again.says('everything is up');
    expect((await entities()).map(({ status }) => status)).toEqual([
      'up_to_date',
      'up_to_date',
      'up_to_date',
    ]);
    expect(await again.end('SIGTERM')).toBe(0);
    expect(await processesOf(home)).toEqual([]);
  });

  it('says in one sentence that its port is taken', async () => {
    const { server, port } = await occupiedPort();
    const launcher = new Launcher({ ...env, APOLLO_PORT: String(port) });
    expect(await launcher.end()).toBe(1);
    server.close();
    expect(launcher.output.trim()).toBe(
      `Port ${String(port)} on 127.0.0.1 is taken by another program; stop it, or set APOLLO_PORT to another port, and run npm start again.`,
    );
  });

  it('says in one sentence that Go is missing, and leaves nothing running', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'apollo-empty-cache-'));
    await writeFile(join(cache, 'go'), '#!/bin/sh\nexit 127\n', { mode: 0o755 });
    const path = `${cache}${delimiter}${process.env['PATH'] ?? ''}`;
    const launcher = new Launcher({ ...env, XDG_CACHE_HOME: cache, PATH: path });
    expect(await launcher.end()).toBe(1);
    await rm(cache, { recursive: true });
    expect(launcher.output).toContain('Install Go');
    expect(await processesOf(home)).toEqual([]);
  });
});
