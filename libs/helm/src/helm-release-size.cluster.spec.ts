import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RELEASE_SECRET_KIND } from './release-reader.js';
import type { ChartArchive } from './release-operation.js';
import { HelmClusterBench } from './testing/helm-cluster-bench.js';
import { OperatorBench } from './testing/operator-bench.js';

/** What the API server takes as the data of one Secret. */
const LIMIT_BYTES = 1_048_576;
/** Long, refused, and repeated in the error: the record of the failure is this much larger. */
const REFUSED = ['apiVersion: v1', 'kind: Secret', 'metadata:', '  name: web', '  labels:'];

const benches = { 3: new HelmClusterBench(3), 4: new HelmClusterBench(4) } as const;
afterAll(() => Promise.all([benches[3].close(), benches[4].close()]));

describe.each([3, 4] as const)('a release of Helm %i near the limit of a Secret', (major) => {
  const bench = benches[major];
  let web: OperatorBench;
  /** Characters of filler that make a pending record of exactly the limit, or just below. */
  let full: number;

  beforeAll(async () => {
    web = new OperatorBench(await bench.open());
    full = await fillerFor(LIMIT_BYTES);
  });
  beforeEach(async () => {
    web = new OperatorBench(await bench.open());
  });

  const chart = (length: number, more: Record<string, string> = {}): Promise<ChartArchive> =>
    web.chart({ 'filler.txt': filler(length), ...more });

  it('is refused before anything is touched when it is too large', async () => {
    await web.operate(web.install('p1', await web.chart()));
    const report = await web.operate(await web.upgrade('p2', await chart(full + 4_000)));
    expect(report).toMatchObject({ result: 'refused', code: 'helm/said_no', repairs: [] });
    expect(report.message).toContain('may not be more than 1048576 bytes');
    expect(await web.history()).toEqual(['1 deployed']);
    expect(await web.data()).toMatchObject({ version: '1.0.0' });
  });

  it.each([
    { name: 'refused before the claim when there is hardly room', share: 0.97, expected: 1 },
    { name: 'let through where there is room', share: 0.9, expected: 0 },
  ])('is $name', async ({ share, expected }) => {
    const operation = web.install('p1', await chart(Math.floor(full * share)));
    const result = await web.preflight(operation);
    const codes = result.ok ? result.value.findings.map(({ code }) => code) : [result.error.code];
    expect(codes).toEqual(Array.from({ length: expected }, () => 'helm/release_too_large'));
  });

  it('is repaired when there is room for its beginning and none for its failure', async () => {
    await web.operate(web.install('p1', await web.chart()));
    const label = `    long: ${filler(3_000)}`;
    const broken = { 'templates/secret.yaml': [...REFUSED, label].join('\n') };
    const report = await web.operate(await web.upgrade('p2', await chart(full - 7_500, broken)));
    expect(report).toMatchObject({ result: 'broken', repairs: [{ was: 'pending-upgrade' }] });
    expect(await web.history()).toEqual(['1 deployed', '2 failed']);
    expect((await web.operate(await web.upgrade('p3', await web.chart()))).result).toBe('applied');
  });

  /** Measures two records and goes on in a straight line: the filler does not compress. */
  async function fillerFor(bytes: number): Promise<number> {
    const [low, high] = [100_000, 500_000];
    await web.operate(web.install('m1', await web.chart({ 'filler.txt': filler(low) })));
    await web.operate(await web.upgrade('m2', await web.chart({ 'filler.txt': filler(high) })));
    const [small, large] = [await recordBytes(1), await recordBytes(2)];
    return Math.floor(low + ((bytes - small) * (high - low)) / (large - small));
  }

  async function recordBytes(revision: number): Promise<number> {
    const secret = await web.open.kube.get({
      ...RELEASE_SECRET_KIND,
      namespace: web.open.namespace,
      name: `sh.helm.release.v1.web.v${String(revision)}`,
    });
    if (!secret.ok) throw new Error(secret.error.message);
    const { release = '' } = secret.value['data'] as { readonly release?: string };
    return Buffer.from(release, 'base64').length;
  }
});

/** The same text every time, with nothing in it to compress beyond its alphabet. */
function filler(length: number): string {
  let text = '';
  for (let block = 0; text.length < length; block += 1) {
    text += createHash('sha512')
      .update(`filler ${String(block)}`)
      .digest('base64url');
  }
  return text.slice(0, length);
}
