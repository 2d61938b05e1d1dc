import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HubClient } from '../../apps/hub/test/support/hub-client.js';
import { HelmOf } from './helm-of.js';
import { Launcher, processesOf } from './launcher.js';
import { looksAtPipeline } from './pipeline-tour.js';
import { answerOf, runStep, type TourPlace, tourSteps } from './readme-tour.js';

const run = promisify(execFile);
const EXAMPLES = ['aria-frontend-dev', 'aria-persistence-dev', 'test-service-dev'];
/** What the launcher says when it installs packages or builds clusters with Go. */
const SLOW_STEPS = /installing|still at it|[Bb]uild(ing|t)/;
const steps = await tourSteps();
const pipeline = await tourSteps('The pipeline');

/** Whether a program can be run by its name. */
function isThere(program: string): boolean {
  return spawnSync('which', [program]).status === 0;
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
  let place: TourPlace;
  let hub: HubClient;
  let running: Launcher | undefined;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'apollo-start-'));
    const { server, port } = await occupiedPort();
    server.close();
    env = { APOLLO_HOME: home, APOLLO_PORT: String(port) };
    place = { home, port: String(port) };
    hub = new HubClient(`http://127.0.0.1:${String(port)}`);
  });
  afterAll(async () => {
    await running?.kill('SIGTERM');
    await rm(home, { recursive: true, force: true });
  });

  async function started(args: readonly string[] = []): Promise<Launcher> {
    running = new Launcher(env, args);
    await running.says('everything is up');
    return running;
  }

  async function statuses(): Promise<readonly string[]> {
    const examples = await Promise.all(EXAMPLES.map((name) => hub.entity(name)));
    return examples.map(({ status }) => status);
  }

  it('brings three products to dev by real plans', async () => {
    await started();
    expect(await statuses()).toEqual(['up_to_date', 'up_to_date', 'up_to_date']);
    const { stdout } = await run(join(home, 'bin/helm'), ['list', '-A', '-o', 'json'], {
      env: { ...process.env, KUBECONFIG: join(home, 'clusters/dev/kubeconfig') },
    });
    const releases = JSON.parse(stdout) as readonly { name: string; revision: string }[];
    expect(releases.map(({ name, revision }) => `${name} ${revision}`).sort()).toEqual([
      'aria-frontend 1',
      'aria-persistence 1',
      'test-service 1',
    ]);
  });

  /** What each step of the tour in the README prints, or brings about. */
  const TOUR: readonly {
    readonly title: string;
    readonly program?: string;
    readonly expected: (printed: string) => Promise<void> | void;
  }[] = [
    {
      title: 'What runs in dev, and why',
      expected: (printed) => {
        const { items } = JSON.parse(printed) as { items: readonly { name: string }[] };
        expect(items.map(({ name }) => name).sort()).toEqual(EXAMPLES);
      },
    },
    {
      title: 'The same, as Helm in the cluster tells it',
      expected: (printed) => {
        expect(printed).toMatch(/test-service-1\.0\.0/);
      },
    },
    {
      title: 'Put a newer release into the dev channel: the upgrade happens by itself',
      expected: async () => {
        const plan = await hub.ended('test-service-dev', 1);
        expect(plan).toMatchObject({ type: 'upgrade', state: 'SUCCEEDED' });
      },
    },
    {
      title: 'The plan, with what the spoke saw as evidence',
      expected: (printed) => {
        expect(JSON.parse(printed)).toMatchObject({
          items: [{ state: 'SUCCEEDED', evidence: { head: { chartVersion: '1.1.0' } } }],
        });
      },
    },
    {
      title: 'Other values: a config_update',
      expected: async () => {
        const plan = await hub.ended('test-service-dev', 2);
        expect(plan).toMatchObject({ type: 'config_update', state: 'SUCCEEDED' });
        await hub.status('test-service-dev', 'up_to_date');
      },
    },
    {
      title:
        'Only if you have kubectl: delete a Deployment by hand; it is seen at once, and repaired by a plan',
      program: 'kubectl',
      expected: async () => {
        const plan = await hub.ended('test-service-dev', 3);
        expect(plan).toMatchObject({ type: 'config_update', state: 'SUCCEEDED' });
        await hub.status('test-service-dev', 'up_to_date');
      },
    },
    {
      title: 'What the release should be in the cluster, and what it is',
      expected: (printed) => {
        expect(JSON.parse(printed)).toMatchObject({ health: 'Healthy' });
      },
    },
    {
      title: 'A release that works, then one that crash-loops',
      expected: async () => {
        const plan = await hub.ended('fragile-service-dev', 0);
        expect(plan).toMatchObject({ type: 'install', state: 'SUCCEEDED' });
      },
    },
    {
      title:
        'Give the first a few seconds. The second fails within seconds, and is rolled back by itself',
      expected: async () => {
        const rollback = await hub.ended('fragile-service-dev', 2);
        expect(rollback).toMatchObject({ type: 'rollback', state: 'SUCCEEDED' });
      },
    },
    {
      title: 'Why it failed, with the pod and its reason, and the rollback',
      expected: (printed) => {
        expect(printed).toMatch(/fragile-service-[a-z0-9]+-[a-z0-9]+.*CrashLoopBackOff/);
        const { items } = JSON.parse(printed) as { items: readonly { state: string }[] };
        expect(items.map(({ state }) => state)).toEqual(['SUCCEEDED', 'ROLLED_BACK', 'SUCCEEDED']);
      },
    },
    {
      title: 'It is held at what worked, until something newer comes',
      expected: (printed) => {
        expect(JSON.parse(printed)).toMatchObject({
          status: 'held',
          target: { version: '1.0.0' },
          reported: { version: '1.0.0', health: 'Healthy' },
        });
      },
    },
    {
      title: 'A freeze of dev until it is lifted: from now on nothing goes out there',
      expected: (printed) => {
        expect(JSON.parse(printed)).toMatchObject({ reason: 'Stocktaking' });
      },
    },
    {
      title: 'Other values again: the plan is BLOCKED',
      expected: async () => {
        await hub.status('test-service-dev', 'blocked');
      },
    },
    {
      title: 'What holds it, until when, and what can be done about it',
      expected: (printed) => {
        expect(JSON.parse(printed)).toMatchObject({
          state: 'BLOCKED',
          unmet: [{ code: 'suppression_window', message: expect.stringContaining('Stocktaking') }],
        });
      },
    },
    {
      title: 'Lift the freeze: the plan goes by itself, and the events of eight seconds say so',
      expected: async (printed) => {
        expect(printed).toMatch(/^event: plan\.dispatched$/m);
        await hub.status('test-service-dev', 'up_to_date');
      },
    },
    {
      title: 'What became of all plans so far',
      expected: (printed) => {
        const { groups } = JSON.parse(printed) as { groups: readonly { key: string }[] };
        expect(groups.map(({ key }) => key)).toContain('fragile-service');
      },
    },
    {
      title: 'When a window would be open, and why not now',
      expected: (printed) => {
        expect(JSON.parse(printed)).toHaveProperty('because.0.name', 'saturday night');
      },
    },
  ];

  it('is toured by the README in the steps that are tested here', () => {
    expect(steps.map(({ title }) => title)).toEqual(TOUR.map(({ title }) => title));
  });

  for (const [index, { title, program, expected }] of TOUR.entries()) {
    const can = program === undefined || isThere(program);
    (can ? it : it.skip)(`answers the tour: ${title}`, async () => {
      const step = steps[index];
      if (step === undefined) throw new Error('the README has no such step');
      await expected(await runStep(step, place));
    });
  }

  for (const step of pipeline) {
    it(`answers the pipeline: ${step.title}`, async () => {
      expect(await answerOf(step, place)).toEqual(step.told);
      await looksAtPipeline(hub)[step.title]?.();
    });
  }

  it('has gone through the pipeline by Helm, and through nothing else', async () => {
    expect(await new HelmOf(home, 'staging').history('test-service')).toEqual([
      '1 deployed test-service-1.1.0',
    ]);
    expect(await new HelmOf(home, 'prod').history('test-service')).toEqual([
      '1 superseded test-service-1.1.0',
      '2 superseded test-service-1.2.0',
      '3 deployed test-service-1.1.0',
    ]);
  });

  it('leaves no process after Ctrl-C, which reaches its whole process group', async () => {
    const processes = (await processesOf(home)).join('\n');
    for (const program of ['hub/dist/main.js', 'spoke/dist/main.js', 'kube-apiserver', 'kwok']) {
      expect(processes).toContain(program);
    }
    expect(await running?.interrupt()).toBe(0);
    expect(await processesOf(home)).toEqual([]);
  });

  it('starts again on the kept data after kill -9, without installing or building', async () => {
    const killed = await started();
    const before = await hub.plans('test-service-dev');
    await killed.kill('SIGKILL');
    const again = await started();
    expect(again.output).toMatch(/everything is up after \d+\.\d s/);
    expect(again.output).not.toMatch(SLOW_STEPS);
    expect(await statuses()).toEqual(['up_to_date', 'up_to_date', 'up_to_date']);
    expect(await hub.plans('test-service-dev')).toEqual(before);
    expect(await again.kill('SIGTERM')).toBe(0);
    expect(await processesOf(home)).toEqual([]);
  });

  it('starts over with --reset', async () => {
    const old = await planIds(await started());
    const fresh = await planIds(await started(['--reset']));
    expect(fresh).toHaveLength(EXAMPLES.length);
    expect(fresh.filter((id) => old.includes(id))).toEqual([]);
    expect(await processesOf(home)).toEqual([]);
  });

  it('leaves nothing running when the examples cannot be registered', async () => {
    const launcher = new Launcher({ ...env, APOLLO_CHART_LIMIT: '1024' }, ['--reset']);
    expect(await launcher.end()).toBe(1);
    expect(launcher.words[0]).toMatch(/^npm start failed: .*POST \/api\/v1\/releases: 413/);
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

  it.each([
    {
      name: 'more simulated spokes than fit',
      args: ['--simulated', '5001'],
      expected: 'npm start cannot simulate 5001 spokes; ask for 1 to 5000.',
    },
    {
      name: 'an option that it does not know',
      args: ['--reset', '--fast'],
      expected:
        'npm start does not know the option --fast; npm start -- --help lists those it knows.',
    },
  ])('refuses in one sentence $name', async ({ args, expected }) => {
    const launcher = new Launcher(env, args);
    expect(await launcher.end()).toBe(1);
    expect(launcher.output.trim()).toBe(expected);
  });

  it('says in one sentence that Go is missing, and leaves nothing running', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'apollo-empty-cache-'));
    await writeFile(join(cache, 'go'), '#!/bin/sh\nexit 127\n', { mode: 0o755 });
    const path = `${cache}${delimiter}${process.env['PATH'] ?? ''}`;
    const launcher = new Launcher({ ...env, XDG_CACHE_HOME: cache, PATH: path });
    expect(await launcher.end()).toBe(1);
    await rm(cache, { recursive: true });
    expect(launcher.words).toEqual([expect.stringMatching(/^Local clusters .* Install Go .*\.$/)]);
    expect(await processesOf(home)).toEqual([]);
  });

  /** The ids of the examples' plans in a system, which is stopped after that. */
  async function planIds(launcher: Launcher): Promise<readonly string[]> {
    const plans = await Promise.all(EXAMPLES.map((name) => hub.plans(name)));
    expect(await launcher.interrupt()).toBe(0);
    return plans.flat().map(({ id }) => id);
  }
});
