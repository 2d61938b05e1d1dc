import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Component, type RestartPolicy } from './component.js';
import { commandLineOf } from './process-table.js';
import { eventually } from './testing.js';

const AT_ONCE: RestartPolicy = { pausesMs: [0, 0, 0, 0, 0], settledMs: 60_000 };
const AN_HOUR_MS = 3_600_000;
/** Says something, so that its log tells how often it was started, and stays. */
const STAYS = ['-c', 'echo started; exec sleep 300'];
const ENDS = ['-c', 'echo started; exit 3'];

let folder: string;
let component: Component | undefined;
let lines: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'apollo-component-'));
  lines = [];
});
afterEach(async () => {
  await component?.kill();
  await rm(folder, { recursive: true, force: true });
});

function start(args: readonly string[], policy?: RestartPolicy): Component {
  const spec = {
    name: 'kwok' as const,
    command: { file: '/bin/sh', args },
    logFile: join(folder, 'kwok.log'),
    pidFile: join(folder, 'kwok.pid'),
    env: { PATH: process.env['PATH'] ?? '' },
    dieWithParent: false,
  };
  component = Component.start(spec, policy);
  component.keepRunning((line) => lines.push(line));
  return component;
}

async function pid(): Promise<number> {
  return Number(await readFile(join(folder, 'kwok.pid'), 'utf8'));
}

function says(line: string): Promise<string> {
  return eventually(line, async () => lines.find((one) => one.includes(line)));
}

async function starts(): Promise<number> {
  return (await readFile(join(folder, 'kwok.log'), 'utf8')).split('started').length - 1;
}

async function startedTimes(times: number): Promise<true> {
  return eventually(`start ${times}`, async () => ((await starts()) === times ? true : undefined));
}

describe('a component whose process is killed', () => {
  it('is started again, into the same log, and its pid file follows', async () => {
    start(STAYS);
    await startedTimes(1);
    const first = await pid();
    process.kill(first, 'SIGKILL');
    await startedTimes(2);
    const second = await pid();
    expect(second).not.toBe(first);
    expect(await commandLineOf(second)).toContain('sleep 300');
    expect(lines).toEqual(['kwok ended unexpectedly (SIGKILL); starting it again']);
  });

  it('leaves no process when it is stopped after that', async () => {
    const stopped = start(STAYS);
    await startedTimes(1);
    process.kill(await pid(), 'SIGKILL');
    await startedTimes(2);
    const second = await pid();
    await stopped.stop(1_000);
    expect(await commandLineOf(second)).toBeUndefined();
    expect(await readdir(folder)).toEqual(['kwok.log']);
  });

  it.each(['stop', 'kill'] as const)(
    'is started no more when it is told to %s before the next start',
    async (how) => {
      const stopped = start(STAYS, { pausesMs: [0, AN_HOUR_MS], settledMs: AN_HOUR_MS });
      await startedTimes(1);
      process.kill(await pid(), 'SIGKILL');
      await says('starting it again');
      await (how === 'stop' ? stopped.stop(1_000) : stopped.kill());
      expect(await starts()).toBe(1);
      expect(await readdir(folder)).toEqual(['kwok.log']);
    },
  );
});

describe('a component whose process ends at each start', () => {
  it('stays down after five times, and says where to look', async () => {
    start(ENDS, AT_ONCE);
    await says('is not started again');
    expect(await starts()).toBe(5);
    expect(lines).toEqual([
      ...Array<string>(4).fill('kwok ended unexpectedly (exit code 3); starting it again'),
      'kwok ended unexpectedly 5 times in a row (exit code 3) and is not started again; look into ' +
        `${join(folder, 'kwok.log')}, then stop the cluster and start it anew`,
    ]);
  });

  it('is started on and on where each run was long enough to have worked', async () => {
    start(ENDS, { ...AT_ONCE, settledMs: 0 });
    await eventually('the tenth start', async () => ((await starts()) >= 10 ? true : undefined));
    expect(lines.filter((line) => line.includes('not started again'))).toEqual([]);
  });

  it('stays down likewise where it cannot be started at all', async () => {
    start(STAYS, AT_ONCE);
    await startedTimes(1);
    const first = await pid();
    await rm(folder, { recursive: true });
    process.kill(first, 'SIGKILL');
    expect(await says('5 times in a row')).toMatch(/\(Error: ENOENT.*\) and is not started again/);
  });
});
