import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sharedTestCluster, type SharedTestCluster } from '@apollo-deploy/local-cluster/testing';
import type { HelmHead } from '@apollo-deploy/protocol';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { packChart } from '../../../tools/pack-chart.mjs';
import { readSpokeConfig } from './spoke-config.js';
import { startSpoke, type RunningSpoke } from './start-spoke.js';
import { anOffer, type OfferSketch } from './testing/plan-offers.js';
import { requestCounter, requestsByPurpose } from './testing/request-counter.mjs';
import { TestHub } from './testing/test-hub.js';

const CHART = packChart(join(import.meta.dirname, '../../../examples/broken/good'));
/** A ServiceAccount, a ConfigMap, a Service and a Deployment. */
const OBJECTS = 4;
/** What bare Helm asks only to find that the server checks fields by itself. */
const SCHEMAS = /^GET \/openapi\//;

const run = promisify(execFile);

/** A spoke and a bare Helm, and what each of them asks of the API server. */
class Scene {
  private head: HelmHead | undefined;

  private constructor(
    readonly cluster: SharedTestCluster,
    private readonly counter: Awaited<ReturnType<typeof requestCounter>>,
    private readonly hub: TestHub,
    private readonly spoke: RunningSpoke,
    private readonly where: { readonly namespace: string; readonly ledgerNamespace: string },
    private readonly directory: string,
  ) {}

  static async open(): Promise<Scene> {
    const cluster = await sharedTestCluster();
    const counter = await requestCounter(cluster.kubeconfigPath);
    const hub = await TestHub.start();
    const directory = await mkdtemp(join(tmpdir(), 'apollo-requests-'));
    await writeFile(join(directory, 'chart.tgz'), CHART);
    const where = {
      namespace: await cluster.freshNamespace('counted'),
      ledgerNamespace: await cluster.freshNamespace('apollo-system'),
    };
    const config = readSpokeConfig(
      {
        ...{ APOLLO_HUB_URL: hub.httpUrl, APOLLO_SPOKE_TOKEN: hub.token },
        ...{ APOLLO_KUBECONFIG: counter.kubeconfigPath, APOLLO_HELM: cluster.helm },
        ...{ APOLLO_SPOKE_NAMESPACE: where.ledgerNamespace, APOLLO_SPOKE_WORKDIR: directory },
      },
      { cores: 1, homeDirectory: directory },
    );
    if (!config.ok) throw new Error(config.error.map(({ message }) => message).join('; '));
    const spoke = await startSpoke(config.value, pino({ level: 'silent' }));
    await hub.eventually(() => hub.frames.find(({ t }) => t === 'state.full'));
    return new Scene(cluster, counter, hub, spoke, where, directory);
  }

  async close(): Promise<void> {
    await this.spoke.stop();
    await this.counter.close();
    await this.hub.stop();
    await this.cluster.release();
    await rm(this.directory, { recursive: true });
  }

  /** What one plan asks; it starts from where the last one ended. */
  async plan(release: string, type: 'install' | 'config_update' | 'uninstall', mode = 'loud') {
    const { revision = 0, releaseDigest = '' } = this.head ?? {};
    const sketch: OfferSketch = {
      ...{ planId: randomUUID(), type, release, namespace: this.where.namespace },
      ...{ base: type === 'install' ? null : { revision, releaseDigest } },
      chart: { name: 'fragile-service', version: '1.0.0', sha256: this.hub.addChart(CHART) },
      ...{ values: { config: { MODE: mode } }, expiresAt: '2100-01-01T00:00:00Z' },
    };
    this.counter.take();
    const { result, release: report } = await this.hub.carryOut(anOffer(sketch));
    this.head = report?.head;
    expect(result.verdict).toBe('succeeded');
    return requestsByPurpose(this.counter.take(), this.where);
  }

  /** What a Helm asks that nobody helps. */
  async helm(...words: readonly string[]): Promise<readonly string[]> {
    this.counter.take();
    await run(this.cluster.helm, [...words, `--namespace=${this.where.namespace}`], {
      env: { HOME: this.directory, KUBECONFIG: this.counter.kubeconfigPath },
    });
    const asked = requestsByPurpose(this.counter.take(), this.where).helm;
    return asked.map((request) => request.replaceAll('bare', 'web')).sort();
  }

  get chartPath(): string {
    return join(this.directory, 'chart.tgz');
  }
}

describe('what a plan asks of the API server', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
    // Now the kinds of the chart are watched, and both discovery caches are warm.
    await scene.plan('first', 'install');
    await scene.helm('install', 'other', scene.chartPath);
  });
  afterAll(() => scene.close());

  it('is what bare Helm asks for an installation without the schemas, and what proves it', async () => {
    const bare = await scene.helm('install', 'bare', scene.chartPath);
    const asked = await scene.plan('web', 'install');
    expect([...asked.helm].sort()).toEqual(bare.filter((request) => !SCHEMAS.test(request)));
    expectProof(asked, { ledger: ['GET', 'POST', 'PUT', 'PUT', 'PUT'] });
    expect(asked.namespace).toHaveLength(1);
    // Once, since there are new objects.
    expect(asked.quotas).toHaveLength(1);
  });

  it('is what bare Helm asks for an upgrade without the schemas, and what proves it', async () => {
    const values = ['--reset-values', '--set=config.MODE=quiet'];
    const bare = await scene.helm('upgrade', 'bare', scene.chartPath, ...values);
    const asked = await scene.plan('web', 'config_update', 'quiet');
    expect([...asked.helm].sort()).toEqual(bare.filter((request) => !SCHEMAS.test(request)));
    expect(bare.length - asked.helm.length).toBe(2);
    expectProof(asked, { ledger: ['GET', 'PUT', 'PUT', 'PUT', 'PUT'] });
    expect([asked.namespace, asked.quotas]).toEqual([[], []]);
  });

  it('is what bare Helm asks for an uninstallation, and what proves it', async () => {
    const bare = await scene.helm('uninstall', 'bare');
    const asked = await scene.plan('web', 'uninstall');
    expect([...asked.helm].sort()).toEqual(bare);
    expect(asked.ledger.map(methodOf)).toEqual(['GET', 'PUT', 'PUT', 'PUT', 'PUT']);
    expect([asked.dryRuns.length, new Set(asked.dryRuns).size]).toEqual([OBJECTS, OBJECTS]);
    expect([asked.namespace, asked.quotas]).toEqual([[], []]);
    // That nothing is left is asked for by name: a watch that is silent or forbidden shows nothing too.
    const looks = looksAtObjects(asked);
    expect([looks.length, new Set(looks).size]).toEqual([OBJECTS - 1, OBJECTS - 1]);
    expect(asked.releases.length).toBeLessThanOrEqual(MOST_LISTS + MOST_PAYLOADS);
  });
});

/** Before the claim, under it, after Helm, and for the report that goes with the verdict. */
const MOST_LISTS = 4;
/** The base if nobody has read it yet, the pending revision if it stood long enough, and its end. */
const MOST_PAYLOADS = 3;
/** What the account may do in the namespace, all in one answer. */
const MOST_REVIEWS = 1;

/** One dry run an object, one look at each once Helm is done, and the ledger. */
function expectProof(
  asked: Awaited<ReturnType<Scene['plan']>>,
  { ledger }: { readonly ledger: readonly string[] },
): void {
  expect(asked.ledger.map(methodOf)).toEqual(ledger);
  expect([asked.dryRuns.length, new Set(asked.dryRuns).size]).toEqual([OBJECTS, OBJECTS]);
  const looks = looksAtObjects(asked);
  expect([looks.length, new Set(looks).size]).toEqual([OBJECTS - 1, OBJECTS - 1]);
  expect(asked.rights).toHaveLength(MOST_REVIEWS);
  const lists = asked.releases.filter((request) => request.endsWith('/secrets'));
  expect(lists).toHaveLength(MOST_LISTS);
  expect(asked.releases.length - lists.length).toBeLessThanOrEqual(MOST_PAYLOADS);
}

/** But ConfigMaps: their watch shows metadata alone, and whoever looks for drift reads them. */
function looksAtObjects({ objects }: Awaited<ReturnType<Scene['plan']>>): readonly string[] {
  return objects.filter((request) => !request.includes('/configmaps/'));
}

function methodOf(request: string): string {
  return request.split(' ')[0] ?? '';
}
