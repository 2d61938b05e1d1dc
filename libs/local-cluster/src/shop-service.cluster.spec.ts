import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execa } from 'execa';
import { packChart } from '../../../tools/pack-chart.mjs';
import { sharedTestCluster, type SharedTestCluster } from './testing.js';

const PRODUCT = fileURLToPath(new URL('../../../examples/products/shop-service/', import.meta.url));
const NAME = 'shop-service';

interface Told {
  readonly strategy: 'blue_green' | 'canary' | 'immediate';
  readonly stable: string;
  readonly weight: number;
}

/** A pod that runs, by its track and the version of its image. */
interface SeenPod {
  readonly metadata: { readonly uid: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly containers: readonly { readonly image: string }[] };
}

describe('the example that declares its strategies', () => {
  let cluster: SharedTestCluster;
  let archives: string;
  let namespace: string;

  beforeAll(async () => {
    cluster = await sharedTestCluster();
    archives = await mkdtemp(join(tmpdir(), 'apollo-shop-'));
  }, 900_000);

  afterAll(async () => {
    await rm(archives, { recursive: true, force: true });
    await cluster.release();
  });

  it('moves what its Service selects from one version to the other, and back to one workload', async () => {
    namespace = await cluster.freshNamespace('blue-green');
    await bring('1.0.0');
    const before = await podsBehindTheService();
    expect(before).toEqual(Array(4).fill('1.0.0'));
    await bring('1.1.0', { strategy: 'blue_green', stable: '1.0.0', weight: 0 });
    expect(await podsBehindTheService()).toEqual(Array(4).fill('1.0.0'));
    expect(await imagesOf('candidate')).toEqual(Array(4).fill('1.1.0'));
    await bring('1.1.0', { strategy: 'blue_green', stable: '1.0.0', weight: 100 });
    expect(await podsBehindTheService()).toEqual(Array(4).fill('1.1.0'));
    expect(await imagesOf('stable')).toEqual(Array(4).fill('1.0.0'));
    await bring('1.1.0', { strategy: 'blue_green', stable: '1.1.0', weight: 100 });
    expect(await imagesOf('stable')).toEqual(Array(4).fill('1.1.0'));
    await bring('1.1.0');
    expect(await podsBehindTheService()).toEqual(Array(4).fill('1.1.0'));
    expect(await imagesOf('candidate')).toEqual([]);
  });

  it('divides its replicas by the weight, and restarts none of the version that goes', async () => {
    namespace = await cluster.freshNamespace('canary');
    await bring('1.0.0');
    const first = await uidsOf('stable');
    await bring('1.1.0', { strategy: 'canary', stable: '1.0.0', weight: 20 });
    expect(await podsBehindTheService()).toEqual([...Array<string>(4).fill('1.0.0'), '1.1.0']);
    expect(await uidsOf('stable')).toEqual(first);
    await bring('1.1.0', { strategy: 'canary', stable: '1.0.0', weight: 50 });
    expect(await podsBehindTheService()).toEqual(['1.0.0', '1.0.0', '1.1.0', '1.1.0']);
    await bring('1.1.0', { strategy: 'canary', stable: '1.0.0', weight: 100 });
    expect(await podsBehindTheService()).toEqual(Array(4).fill('1.1.0'));
    await bring('1.1.0', { strategy: 'canary', stable: '1.1.0', weight: 100 });
    expect(await podsBehindTheService()).toEqual(Array(8).fill('1.1.0'));
    await bring('1.1.0');
    expect(await podsBehindTheService()).toEqual(Array(4).fill('1.1.0'));
  });

  it('replaces all pods at once where it is told to, and none when that is over', async () => {
    namespace = await cluster.freshNamespace('at-once');
    await bring('1.0.0');
    expect(await updateStrategy()).toMatchObject({ type: 'RollingUpdate' });
    await bring('1.1.0', { strategy: 'immediate', stable: '1.1.0', weight: 100 });
    expect(await updateStrategy()).toEqual({ type: 'Recreate' });
    expect(await podsBehindTheService()).toEqual(Array(4).fill('1.1.0'));
    expect(await imagesOf('candidate')).toEqual([]);
    const brought = await uidsOf('stable');
    await bring('1.1.0');
    expect(await updateStrategy()).toMatchObject({ type: 'RollingUpdate' });
    expect(await uidsOf('stable')).toEqual(brought);
  });

  it.each([
    { name: 'a share above all', wrong: { strategy: 'canary', stable: '1.0.0', weight: 101 } },
    { name: 'a strategy without a share', wrong: { strategy: 'canary', stable: '1.0.0' } },
    { name: 'a strategy that it does not know', wrong: { strategy: 'hope' } },
  ])('refuses $name', async ({ wrong }) => {
    namespace = await cluster.freshNamespace('wrong');
    await expect(bring('1.1.0', wrong as Told)).rejects.toThrow("don't meet the specifications");
  });

  /** Brings a version as a deployment tells its chart, and waits until it is there alone. */
  async function bring(version: string, told?: Told): Promise<void> {
    const chart = join(archives, `${version}.tgz`);
    await writeFile(chart, packChart(join(PRODUCT, version)));
    const values = join(archives, 'values.json');
    const rollout = told === undefined ? {} : { ...told, candidate: version };
    await writeFile(values, JSON.stringify({ apollo: { rollout } }));
    const place = ['-n', namespace, '--kubeconfig', cluster.kubeconfigPath];
    const flags = ['--install', '-f', values, '--wait', '--timeout', '60s'];
    await execa(cluster.helm, ['upgrade', NAME, chart, ...flags, ...place]);
  }

  async function updateStrategy(): Promise<unknown> {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${NAME}`;
    const { body } = await cluster.send({ method: 'GET', path });
    return (JSON.parse(body) as { spec: { strategy: unknown } }).spec.strategy;
  }

  async function podsBehindTheService(): Promise<readonly string[]> {
    const { spec } = await read<{ spec: { selector: Record<string, string> } }>(`services/${NAME}`);
    return (await pods()).filter(isSelectedBy(spec.selector)).map(versionOf).sort();
  }

  async function imagesOf(track: string): Promise<readonly string[]> {
    return (await pods()).filter(isSelectedBy({ 'example.com/track': track })).map(versionOf);
  }

  async function uidsOf(track: string): Promise<readonly string[]> {
    const own = (await pods()).filter(isSelectedBy({ 'example.com/track': track }));
    return own.map(({ metadata }) => metadata.uid).sort();
  }

  /** Those that are not on their way out. */
  async function pods(): Promise<readonly SeenPod[]> {
    const { items } = await read<{ items: readonly SeenPod[] }>('pods');
    return items.filter(({ metadata }) => !('deletionTimestamp' in metadata));
  }

  async function read<T>(what: string): Promise<T> {
    const path = `/api/v1/namespaces/${namespace}/${what}`;
    const { body } = await cluster.send({ method: 'GET', path });
    return JSON.parse(body) as T;
  }
});

function isSelectedBy(selector: Readonly<Record<string, string>>): (pod: SeenPod) => boolean {
  return ({ metadata: { labels } }) =>
    Object.entries(selector).every(([name, value]) => labels[name] === value);
}

function versionOf({ spec }: SeenPod): string {
  return spec.containers[0]?.image.split(':').at(-1) ?? '';
}
