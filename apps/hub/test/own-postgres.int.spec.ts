import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const SCRIPT = new URL('../dist/main.js', import.meta.url).pathname;

/** The process of a hub that runs a PostgreSQL of its own. */
interface HubProcess {
  readonly child: ChildProcess;
  readonly errors: Promise<string>;
  readonly lines: Interface;
  /** Resolves with the first line of its log that contains this, from now on. */
  says(part: string): Promise<string>;
}

let directory: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'apollo-own-'));
  await chmod(directory, 0o711);
});
afterEach(async () => {
  await Promise.all(children.splice(0).map(stopped));
  await rm(directory, { recursive: true, force: true });
});

function start(): HubProcess {
  const env = {
    ...{ PATH: process.env['PATH'], APOLLO_LOGIN: 'local' },
    ...{ APOLLO_PORT: '0', APOLLO_DATA_DIR: directory },
  };
  const child = spawn(process.execPath, [SCRIPT], { env });
  children.push(child);
  const lines = createInterface(child.stdout);
  return { child, errors: text(child.stderr), lines, says: (part) => lineWith(lines, part) };
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

function lineWith(lines: Interface, part: string): Promise<string> {
  return new Promise((resolve) => {
    lines.on('line', (line) => {
      if (line.includes(part)) resolve(line);
    });
  });
}

async function killPostgres(): Promise<void> {
  const [pid = ''] = (await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8')).split(
    '\n',
  );
  process.kill(Number(pid), 'SIGKILL');
}

describe('a hub whose own PostgreSQL is killed', () => {
  it('is ready again by itself', async () => {
    const hub = start();
    const [, url = ''] = /listening on ([^"]+)/.exec(await hub.says('listening on')) ?? [];
    const again = hub.says('PostgreSQL runs again');
    await killPostgres();
    await again;

    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  it('says so and ends with an exit code when it cannot be started again', async () => {
    const hub = start();
    await hub.says('listening on');
    const said: string[] = [];
    hub.lines.on('line', (line) => said.push(line));
    await writeFile(join(directory, 'data', 'postgresql.conf'), 'nonsense\n');
    await killPostgres();

    expect(await once(hub.child, 'close')).toEqual([1, null]);
    expect(said.filter((line) => line.includes('so it is not tried again'))).toEqual([
      expect.stringContaining('PostgreSQL could not be started'),
    ]);
    expect(await hub.errors).toBe('');
  });
});

describe('a second hub with the same data on another port', () => {
  it('ends with one sentence that names the first, which goes on', async () => {
    const first = start();
    const [, url = ''] = /listening on ([^"]+)/.exec(await first.says('listening on')) ?? [];
    const second = start();

    expect(await once(second.child, 'exit')).toEqual([1, null]);
    expect(await second.errors).toBe(
      `the PostgreSQL in ${directory} is in use by process ${first.child.pid ?? 0}; stop that ` +
        'process first, or set APOLLO_DATA_DIR to another folder\n',
    );
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });
});
