import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execa } from 'execa';
import { packChart } from '../../../tools/pack-chart.mjs';
import { eventually, sharedTestCluster, type SharedTestCluster } from './testing.js';

const EXAMPLES = fileURLToPath(new URL('../../../examples/', import.meta.url));
const FLAGS = ['--wait', '--timeout', '40s'];

interface Catalog {
  readonly releases: readonly {
    product: string;
    version: string;
    chart: string;
    channels: string[];
  }[];
}

describe('the example charts', () => {
  let cluster: SharedTestCluster;
  let archives: string;
  let catalog: Catalog;

  beforeAll(async () => {
    cluster = await sharedTestCluster();
    archives = await mkdtemp(join(tmpdir(), 'apollo-examples-'));
    catalog = JSON.parse(await readFile(join(EXAMPLES, 'catalog.json'), 'utf8')) as Catalog;
  }, 900_000);

  afterAll(async () => {
    await rm(archives, { recursive: true, force: true });
    await cluster.release();
  });

  it.each(['test-service', 'aria-frontend', 'aria-persistence'])(
    'bring %s up and lift it from each version to the next',
    async (product) => {
      const namespace = await cluster.freshNamespace(product);
      const releases = catalog.releases.filter((release) => release.product === product);
      for (const { chart } of releases) {
        await helm('upgrade', '--install', product, await pack(chart), '-n', namespace, ...FLAGS);
      }
      expect(releases.length).toBeGreaterThanOrEqual(2);
      expect(await helm('list', '-n', namespace, '-o', 'json')).toMatchObject([
        {
          name: product,
          revision: String(releases.length),
          status: 'deployed',
          chart: `${product}-${String(releases.at(-1)?.version)}`,
        },
      ]);
    },
  );

  it('refuse values that they do not know', async () => {
    const namespace = await cluster.freshNamespace('values');
    const chart = await pack('products/test-service/1.0.0');
    const wrong = ['--set', 'replicas=many'];
    await expect(helm('install', 'x', chart, '-n', namespace, ...wrong)).rejects.toThrow(
      "at '/replicas': got string, want integer",
    );
  });

  it('have a version that is slow and makes it', async () => {
    const namespace = await fragileService();
    await upgrade(namespace, 'broken/slow', ...FLAGS);
    expect(await podsOf(namespace)).toMatchObject([{ status: { phase: 'Running' } }]);
  });

  it('have a version that crash-loops within seconds', async () => {
    const namespace = await fragileService();
    await upgrade(namespace, 'broken/crash-looping');
    const waiting = eventually('CrashLoopBackOff', async () => {
      const pods = await podsOf(namespace);
      return pods.find((pod) => JSON.stringify(pod).includes('"reason":"CrashLoopBackOff"'));
    });
    expect(await waiting).toHaveProperty('status.phase', 'Running');
  });

  it('have a version that runs and never gets ready', async () => {
    const namespace = await fragileService();
    const wait = ['--wait', '--timeout', '4s'];
    await expect(upgrade(namespace, 'broken/never-ready', ...wait)).rejects.toThrow('not ready');
  });

  it('have a version whose hook fails, so that nothing else changes', async () => {
    const namespace = await fragileService();
    await expect(upgrade(namespace, 'broken/failing-hook')).rejects.toThrow(
      'pre-upgrade hooks failed',
    );
    const path = `/api/v1/namespaces/${namespace}/configmaps/fragile-service`;
    const { body } = await cluster.send({ method: 'GET', path });
    expect(JSON.parse(body)).toMatchObject({ data: { MODE: 'good' } });
  });

  async function fragileService(): Promise<string> {
    const namespace = await cluster.freshNamespace('fragile');
    const chart = await pack('broken/good');
    await helm('install', 'fragile-service', chart, '-n', namespace, ...FLAGS);
    return namespace;
  }

  async function upgrade(namespace: string, chart: string, ...flags: string[]): Promise<void> {
    await helm('upgrade', 'fragile-service', await pack(chart), '-n', namespace, ...flags);
  }

  async function podsOf(namespace: string): Promise<readonly unknown[]> {
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const { body } = await cluster.send({ method: 'GET', path });
    return (JSON.parse(body) as { items: unknown[] }).items;
  }

  async function pack(chart: string): Promise<string> {
    const file = join(archives, `${chart.replaceAll('/', '-')}.tgz`);
    await writeFile(file, packChart(join(EXAMPLES, chart)));
    return file;
  }

  async function helm(...args: string[]): Promise<unknown> {
    const { stdout } = await execa(cluster.helm, [...args, '--kubeconfig', cluster.kubeconfigPath]);
    return stdout.startsWith('[') ? (JSON.parse(stdout) as unknown) : stdout;
  }
});
