import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { PlanOffer } from '@apollo-deploy/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chartOfFiles } from '../testing/chart-of-files.js';
import { ClusterScene } from '../testing/cluster-scene.js';
import type { OfferSketch } from '../testing/plan-offers.js';
import type { ClusterPolicy } from './cluster-policy.js';

const ACCOUNT = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'stray' },
};
const HARMLESS = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'harmless' },
};
const STRAY = JSON.stringify(ACCOUNT);
/** A template that asks the cluster, in which there always is that namespace. */
const ASKING = `{{ if lookup "v1" "Namespace" "" "kube-system" }}\n${STRAY}\n{{ end }}\n`;

let scene: ClusterScene;
let folder: string;
let policyFile: string;
let namespace: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'apollo-policy-'));
  policyFile = join(folder, 'policy.json');
  scene = await ClusterScene.open({ policyFile });
});
afterAll(async () => {
  await scene.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  namespace = await scene.cluster.freshNamespace('policy');
  await allow({});
});

const allow = (policy: ClusterPolicy): Promise<void> =>
  writeFile(policyFile, JSON.stringify(policy));

async function offerOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  sketch: OfferSketch = {},
): Promise<PlanOffer> {
  const all = { 'templates/harmless.yaml': JSON.stringify(HARMLESS), ...files };
  const archive = await chartOfFiles('web', all);
  return scene.offerOf(archive, { name: 'web', version: '1.0.0' }, { namespace, ...sketch });
}

/** What is in the namespace of the plan, besides what every namespace has. */
async function made(): Promise<readonly string[]> {
  const kinds = ['ConfigMap', 'Secret', 'ServiceAccount', 'Pod'];
  const lists = await Promise.all(
    kinds.map((kind) => scene.kube.list({ apiVersion: 'v1', kind }, { namespace })),
  );
  return lists
    .flatMap((list) => (list.ok ? list.value.items : []))
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
    .filter((name) => !/ (kube-root-ca\.crt|default)$/.test(name));
}

describe('in a cluster that allows ConfigMaps in one namespace', () => {
  beforeEach(() =>
    allow({ namespaces: [namespace], kinds: ['ConfigMap'], clusterScoped: 'forbidden' }),
  );

  it('a plan that brings no more is carried out', async () => {
    expect(await scene.hub.verdict(await offerOf({}))).toMatchObject({ verdict: 'succeeded' });
    expect(await made()).toEqual(['ConfigMap harmless', 'Secret sh.helm.release.v1.web.v1']);
  });

  const subchart = (template: string) => ({
    'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
    'charts/sub/templates/stray.yaml': template,
  });
  it.each<{ name: string; files: Readonly<Record<string, string>>; rule: string }>([
    { name: 'another kind', files: { 'templates/stray.yaml': STRAY }, rule: 'kinds' },
    {
      name: 'the same kind in another namespace',
      files: {
        'templates/stray.yaml': JSON.stringify({
          ...HARMLESS,
          metadata: { name: 'stray', namespace: 'default' },
        }),
      },
      rule: 'namespaces',
    },
    {
      name: 'another kind as a hook',
      files: {
        'templates/stray.yaml': JSON.stringify({
          ...ACCOUNT,
          metadata: { name: 'stray', annotations: { 'helm.sh/hook': 'pre-install' } },
        }),
      },
      rule: 'kinds',
    },
    {
      name: 'another kind as a test, which nobody has asked for yet',
      files: {
        'templates/tests/stray.yaml': JSON.stringify({
          ...ACCOUNT,
          metadata: { name: 'stray', annotations: { 'helm.sh/hook': 'test' } },
        }),
      },
      rule: 'kinds',
    },
    { name: 'another kind in crds/', files: { 'crds/stray.yaml': STRAY }, rule: 'kinds' },
    {
      name: 'another kind in crds/, before a line that only begins as an end',
      files: {
        'crds/stray.yaml': [
          'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: stray}',
          '---x: 1\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: harmless-2}',
        ].join('\n'),
      },
      rule: 'kinds',
    },
    {
      name: 'another kind in a list',
      files: {
        'templates/stray.yaml': JSON.stringify({
          apiVersion: 'v1',
          kind: 'List',
          items: [ACCOUNT],
        }),
      },
      rule: 'kinds',
    },
    {
      name: 'another kind in a list that has a name',
      files: {
        'templates/stray.yaml': JSON.stringify({
          ...{ apiVersion: 'v1', kind: 'List', metadata: { name: 'harmless-2' } },
          items: [ACCOUNT],
        }),
      },
      rule: 'kinds',
    },
    {
      name: 'another kind in a list that calls itself a ConfigMap',
      files: {
        'templates/stray.yaml': JSON.stringify({
          ...HARMLESS,
          metadata: { name: 'harmless-2' },
          items: [ACCOUNT],
        }),
      },
      rule: 'kinds',
    },
    { name: 'another kind of a subchart', files: subchart(STRAY), rule: 'kinds' },
    {
      name: 'another kind where the chart finds something in the cluster',
      files: { 'templates/stray.yaml': ASKING },
      rule: 'kinds',
    },
    {
      name: 'another kind where a text that is a template finds something',
      files: {
        'templates/stray.yaml': `{{ tpl (replace "@" "look" ${JSON.stringify(ASKING.replace('lookup', '@up'))}) . }}`,
      },
      rule: 'kinds',
    },
  ])('a plan that brings $name is refused, and nothing was touched', async ({ files, rule }) => {
    expect(await scene.hub.verdict(await offerOf(files))).toMatchObject({
      ...{ verdict: 'failed', outcome: 'refused', reason: 'policy/forbidden' },
      message: expect.stringContaining(`by its rule ${rule}`),
    });
    expect(await made()).toEqual([]);
    const elsewhere = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'stray' };
    expect((await scene.kube.get(elsewhere)).ok).toBe(false);
  });

  it('a plan whose packed subchart asks the cluster is refused as well', async () => {
    const sub = await chartOfFiles('sub', { 'templates/stray.yaml': ASKING });
    const packed = gzipSync(gunzipSync(sub));
    const offer = await offerOf({ 'charts/sub-1.0.0.tgz': packed });
    expect(await scene.hub.verdict(offer)).toMatchObject({ reason: 'policy/forbidden' });
    expect(await made()).toEqual([]);
  });

  it('a plan that shows more only as the second revision has failed, and says what is there', async () => {
    const sly = `{{ if gt .Release.Revision 1 }}\n${STRAY}\n{{ end }}\n`;
    const first = await scene.hub.carryOut(await offerOf({ 'templates/sly.yaml': sly }));
    const { revision, releaseDigest } = first.release?.head ?? { revision: 0, releaseDigest: '' };
    const second = await offerOf(
      { 'templates/sly.yaml': sly },
      { type: 'config_update', values: { a: 'b' }, base: { revision, releaseDigest } },
    );
    expect(await scene.hub.verdict(second)).toMatchObject({
      ...{ verdict: 'failed', outcome: 'unhealthy', reason: 'policy/forbidden' },
      message: expect.stringContaining('ServiceAccount'),
    });
  });

  it('a plan in another namespace is refused, and the namespace not made', async () => {
    const name = `other-${randomUUID().slice(0, 8)}`;
    const archive = await chartOfFiles('web', {
      'templates/harmless.yaml': JSON.stringify(HARMLESS),
    });
    const chart = { name: 'web', version: '1.0.0' };
    const offer = scene.offerOf(archive, chart, { namespace: name });
    expect(await scene.hub.verdict(offer)).toMatchObject({ reason: 'policy/forbidden' });
    expect((await scene.kube.get({ apiVersion: 'v1', kind: 'Namespace', name })).ok).toBe(false);
  });
});

describe('in a cluster that allows images of one registry', () => {
  beforeEach(() => allow({ registries: ['registry.example.com'] }));

  const pod = (spec: object): string =>
    JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'stray' } },
      spec: { containers: [{ name: 'c', image: 'registry.example.com/web:1' }], ...spec },
    });
  it.each([
    { name: 'a container', spec: { containers: [{ name: 'c', image: 'evil.test/web:1' }] } },
    { name: 'a container of no registry', spec: { containers: [{ name: 'c', image: 'web:1' }] } },
    { name: 'an init container', spec: { initContainers: [{ name: 'i', image: 'evil.test/i' }] } },
    { name: 'a volume', spec: { volumes: [{ name: 'v', image: { reference: 'evil.test/v' } }] } },
  ])('a plan with another one for $name is refused, and nothing was touched', async ({ spec }) => {
    const offer = await offerOf({ 'templates/stray.yaml': pod(spec) });
    expect(await scene.hub.verdict(offer)).toMatchObject({
      reason: 'policy/forbidden',
      message: expect.stringContaining('by its rule registries'),
    });
    expect(await made()).toEqual([]);
  });
});

describe('while the owner of a cluster holds it', () => {
  it.each<{ name: string; policy: ClusterPolicy; rule: string }>([
    { name: 'by the freeze switch', policy: { freeze: true }, rule: 'freeze' },
    { name: 'by windows of which none is open', policy: { windows: [] }, rule: 'windows' },
  ])('$name, a plan waits and says so; it goes when it is let go', async ({ policy, rule }) => {
    await allow(policy);
    const offer = await offerOf({});
    scene.hub.offer(offer);
    const said = await scene.hub.eventually(() =>
      scene.hub.frames.find((f) => f.t === 'plan.waiting' && f.p.planId === offer.planId),
    );
    expect(said.p).toMatchObject({ message: expect.stringContaining(`policy rule ${rule}`) });
    expect(await made()).toEqual([]);
    await allow({});
    const ended = await scene.hub.eventually(() =>
      scene.hub.frames.find((f) => f.t === 'plan.result' && f.p.planId === offer.planId),
    );
    expect(ended.p).toMatchObject({ result: { verdict: 'succeeded' } });
    expect(await made()).toEqual(['ConfigMap harmless', 'Secret sh.helm.release.v1.web.v1']);
  });
});
