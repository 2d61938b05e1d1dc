import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@apollo-deploy/local-cluster/testing';
import { podFate, type DeployedContent } from '@apollo-deploy/simulator';
import { type Body, HubClient, type PlanBody } from '../../apps/hub/test/support/hub-client.js';
import { freePorts } from '../../apps/hub/test/support/test-system.js';
import { Launcher, processesOf } from './launcher.js';
import { looksAtPipeline } from './pipeline-tour.js';
import { answerOf, runStep, tourSteps } from './readme-tour.js';

/** What packages are linked with; it runs what `npm start` has compiled. */
const APOLLOCTL = join(import.meta.dirname, '../../apps/cli/bin/apolloctl.mjs');
const run = promisify(execFile);
const FAILURES = 0.3;
/** What the simulator cannot show: there is no cluster to look at. */
const NEEDS_A_CLUSTER = /helm|kubectl/;
const MANY = 200;

/** What the tour deploys, and the example products; all of it has to go well by its seed. */
const GOOD: readonly (readonly [
  product: string,
  version: string,
  values: object,
  spoke?: string,
])[] = [
  ['test-service', '1.0.0', {}],
  ['aria-frontend', '2.0.0', {}],
  ['aria-persistence', '1.0.0', {}],
  ['test-service', '1.1.0', {}],
  ['test-service', '1.1.0', { replicas: 3 }],
  ['test-service', '1.1.0', { replicas: 4 }],
  ['fragile-service', '1.0.0', {}],
  ['test-service', '1.2.0', { replicas: 4 }],
  ['test-service', '1.1.0', {}, 'staging'],
  ['test-service', '1.0.0', {}, 'prod'],
  ['test-service', '1.1.0', {}, 'prod'],
  ['test-service', '1.2.0', {}, 'prod'],
];

function content(
  ...[product, version, values, spoke = 'dev']: (typeof GOOD)[number]
): DeployedContent {
  const chart = { name: product, version };
  return {
    ...{ spoke, namespace: product, release: product, chart },
    values: values as DeployedContent['values'],
  };
}

const fateOf = (seed: string, ...of: (typeof GOOD)[number]): string =>
  podFate(content(...of), { seed, failures: FAILURES }).behaviour;

/** The first number of which this is true. */
function first(holds: (index: number) => boolean): number {
  for (let index = 0; ; index += 1) if (holds(index)) return index;
}

const SEED = `seed-${String(
  first((index) => GOOD.every((of) => fateOf(`seed-${String(index)}`, ...of) === 'ready')),
)}`;
const steps = await tourSteps();
const approvals = await tourSteps('Approvals');
const pipeline = await tourSteps('The pipeline');

describe('npm start -- --simulated', () => {
  let home: string;
  let port: string;
  let env: Record<string, string>;
  let hub: HubClient;
  let running: Launcher | undefined;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'apollo-start-simulated-'));
    const [free] = await freePorts(1);
    port = String(free);
    env = {
      ...{ APOLLO_HOME: home, APOLLO_PORT: port },
      ...{ APOLLO_SIMULATED_SEED: SEED, APOLLO_SIMULATED_FAILURES: String(FAILURES) },
      // So that the tour is over soon: health is looked at three times after each deployment.
      APOLLO_SETTLING_SECONDS: '1',
      // Neither Go nor Helm, nor anything that an earlier start has built.
      ...{ PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, XDG_CACHE_HOME: home },
    };
    hub = new HubClient(`http://127.0.0.1:${port}`);
  });
  afterAll(async () => {
    await running?.kill('SIGTERM');
    await rm(home, { recursive: true, force: true });
    await rm(`${home}-simulated`, { recursive: true, force: true });
  });

  async function started(args: readonly string[]): Promise<Launcher> {
    running = new Launcher(env, args);
    await running.says('everything is up');
    return running;
  }

  /** Resident memory of a program of the launcher's, in KiB. */
  async function residentKiB(program: string): Promise<number> {
    const pid = await readFile(join(`${home}-simulated`, 'run', `${program}.pid`), 'utf8');
    const status = await readFile(`/proc/${pid.trim()}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  }

  async function values(index: number): Promise<Body> {
    return hub.put('/api/v1/entities/test-service-dev', {
      ...{ spoke: 'dev', product: 'test-service', desired: { version: '1.2.0' } },
      values: { config: { GREETING: String(index) } },
    });
  }

  /** The plan before this one, which has to be the rollback of it. */
  async function rolledBackBy(entity: string, index: number): Promise<PlanBody> {
    const rollback = await hub.ended(entity, index);
    expect(rollback).toMatchObject({ type: 'rollback', state: 'SUCCEEDED' });
    const failed = await hub.ended(entity, index - 1);
    expect(failed).toMatchObject({ state: 'ROLLED_BACK' });
    return failed;
  }

  const seeded = (index: number): string =>
    fateOf(SEED, 'test-service', '1.2.0', { config: { GREETING: String(index) } });

  it('brings three products to dev without Kubernetes, Go or Helm', async () => {
    const { output } = await started(['--simulated']);
    // How long it takes is what `npm run bench -- start` measures; these are all the steps there are.
    const steps = output.split('\n').map((line) => /^ *[\d.]+ s {2}(\w+ +\w+)/.exec(line)?.[1]);
    expect(steps.filter((step) => step !== undefined && !step.startsWith('examples'))).toEqual([
      expect.stringMatching(/^build +compiled/),
      expect.stringMatching(/^hub +ready/),
      expect.stringMatching(/^simulator +simulates/),
      expect.stringMatching(/^start +everything/),
    ]);
    const { items } = await hub.list<{ name: string; status: string }>(
      '/api/v1/entities?environment=dev',
    );
    expect(items.map(({ name, status }) => `${name} ${status}`).sort()).toEqual([
      'aria-frontend-dev up_to_date',
      'aria-persistence-dev up_to_date',
      'test-service-dev up_to_date',
    ]);
  });

  it('has the example accounts, whose tokens only their owner can read', async () => {
    const file = join(`${home}-simulated`, 'tokens.json');
    expect(((await stat(file)).mode & 0o777).toString(8)).toBe('600');
    const tokens = JSON.parse(await readFile(file, 'utf8')) as Readonly<Record<string, string>>;
    const accounts = ['admin', 'product-owner', 'sre-1', 'sre-2', 'vp-engineering'];
    expect(Object.keys(tokens).sort()).toEqual(accounts);
    for (const name of accounts) {
      const authorization = `Bearer ${tokens[name] ?? ''}`;
      const response = await fetch(`${hub.url}/api/v1/me`, { headers: { authorization } });
      const { permissions, ...me } = (await response.json()) as Body & { permissions: string[] };
      expect(me).toMatchObject({ name, kind: 'person' });
      expect(permissions).toContain('approve');
      expect(running?.output).toContain(tokens[name]);
    }
    expect(await hub.get('/api/v1/me')).toMatchObject({
      name: 'dev-operator',
      permissions: expect.not.arrayContaining(['approve']),
    });
  });

  it('lets apolloctl ask as one of them', async () => {
    const { stdout } = await run(APOLLOCTL, ['whoami', '--as', 'sre-2'], {
      env: { ...process.env, NODE_OPTIONS: '', APOLLO_HUB: hub.url, APOLLO_HOME: home },
    });
    expect(stdout).toMatch(/^name +sre-2$/m);
    expect(stdout).toContain(join(`${home}-simulated`, 'tokens.json'));
  });

  it('says everywhere that its spokes are simulated', async () => {
    const { items } = await hub.list('/api/v1/spokes');
    expect(items).toEqual(
      ['dev', 'prod', 'staging'].map((name) =>
        expect.objectContaining({ name, status: 'connected', simulated: true }),
      ),
    );
    expect(running?.output).toMatch(/dev +connected +simulated +simulated/);
  });

  /** What the steps of the tour bring about that the next ones build on. */
  const AFTER: Readonly<Record<string, () => Promise<unknown>>> = {
    'Put a newer release into the dev channel: the upgrade happens by itself': async () => {
      const plan = await hub.ended('test-service-dev', 1);
      expect(plan).toMatchObject({ type: 'upgrade', state: 'SUCCEEDED' });
    },
    'Other values: a config_update': async () => {
      const plan = await hub.ended('test-service-dev', 2);
      expect(plan).toMatchObject({ type: 'config_update', state: 'SUCCEEDED' });
    },
    'A release that works, then one that crash-loops': async () => {
      const plan = await hub.ended('fragile-service-dev', 0);
      expect(plan).toMatchObject({ type: 'install', state: 'SUCCEEDED' });
      await hub.status('fragile-service-dev', 'up_to_date');
    },
    'Give the first a few seconds. The second fails within seconds, and is rolled back by itself':
      async () => {
        const rolledBack = await rolledBackBy('fragile-service-dev', 2);
        expect(rolledBack.message).toContain('CrashLoopBackOff');
        await hub.status('fragile-service-dev', 'held');
      },
    'Other values again: the plan is BLOCKED': () => hub.status('test-service-dev', 'blocked'),
    'Lift the freeze: the plan goes by itself, and the events of eight seconds say so': () =>
      hub.status('test-service-dev', 'up_to_date'),
  };

  it('is toured by the README as real clusters are', () => {
    const titles = steps.map(({ title }) => title);
    expect(titles).toEqual(expect.arrayContaining(Object.keys(AFTER)));
  });

  for (const step of steps.filter(({ commands }) => !NEEDS_A_CLUSTER.test(commands))) {
    it(`answers the tour: ${step.title}`, async () => {
      expect(await runStep(step, { home, port })).not.toBe('');
      await AFTER[step.title]?.();
    });
  }

  it('answers the approvals of the README', async () => {
    for (const step of approvals) await runStep(step, { home: `${home}-simulated`, port });
    expect(await hub.ended('test-service-prod', 0)).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('is taken through the pipeline by the README', () => {
    const titles = pipeline.map(({ title }) => title);
    expect(titles).toEqual(expect.arrayContaining(Object.keys(looksAtPipeline(hub))));
  });

  for (const step of pipeline) {
    it(`answers the pipeline: ${step.title}`, async () => {
      const answer = await answerOf(step, { home: `${home}-simulated`, port });
      expect(answer).toEqual(step.told);
      await looksAtPipeline(hub)[step.title]?.();
    });
  }

  it('has an upgrade succeed whose seed says so, and one rolled back whose seed says no', async () => {
    const count = (await hub.plans('test-service-dev')).length;
    await values(first((index) => seeded(index) === 'ready'));
    expect(await hub.ended('test-service-dev', count)).toMatchObject({ state: 'SUCCEEDED' });
    await hub.status('test-service-dev', 'up_to_date');
    await values(first((index) => seeded(index) === 'crash-loop'));
    await rolledBackBy('test-service-dev', count + 2);
    await hub.status('test-service-dev', 'held');
  });

  it('leaves no process after Ctrl-C', async () => {
    const processes = (await processesOf(home)).join('\n');
    expect(processes).toContain('.apollo-code/apps/hub/dist/main.js');
    expect(processes).toContain('.apollo-code/libs/simulator/dist/main.js');
    expect(processes).not.toMatch(/kube-apiserver|spoke\/dist/);
    expect(await running?.interrupt()).toBe(0);
    expect(await processesOf(home)).toEqual([]);
  });

  it(`connects ${String(MANY)} spokes of one process, and deploys again what was lost with it`, async () => {
    const few = await started(['--simulated']);
    const before = await Promise.all(['hub', 'simulator'].map(residentKiB));
    expect(await few.interrupt()).toBe(0);
    const many = await started(['--simulated', String(MANY)]);
    const connected = await eventually(`${String(MANY)} connected spokes`, async () => {
      const { items } = await hub.list<{ status: string; simulated: boolean }>(
        `/api/v1/spokes?limit=${String(MANY)}`,
      );
      return items.every(({ status }) => status === 'connected') ? items : undefined;
    });
    expect(connected).toHaveLength(MANY);
    expect(connected.filter(({ simulated }) => simulated)).toHaveLength(MANY);
    const after = await Promise.all(['hub', 'simulator'].map(residentKiB));
    const [atHub, atSimulator] = after.map((now, index) =>
      Math.round((now - (before[index] ?? 0)) / (MANY - 3)),
    );
    process.stderr.write(
      `memory a socket: hub ${String(atHub)} KiB, simulator ${String(atSimulator)} KiB\n`,
    );
    await hub.status('aria-frontend-dev', 'up_to_date');
    expect(await many.interrupt()).toBe(0);
    expect(await processesOf(home)).toEqual([]);
  });
});
