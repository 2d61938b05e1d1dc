import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sharedTestCluster, type SharedTestCluster } from '@apollo-deploy/local-cluster/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { packChart } from '../../../../tools/pack-chart.mjs';
import { ClusterScene } from '../testing/cluster-scene.js';

const run = promisify(execFile);
const CHART = join(import.meta.dirname, '../../../../charts/apollo-spoke');
const ACCOUNT = 'apollo-spoke';

interface Kubeconfig {
  readonly users: readonly { readonly name: string; readonly user: object }[];
}

/** The chart of the spoke as a cluster's owner installs it, and a spoke that has its account. */
describe('a spoke by the rights that its chart gives it', () => {
  let cluster: SharedTestCluster;
  let scene: ClusterScene;
  let directory: string;
  let [system, shop, other]: [string, string, string] = ['', '', ''];

  beforeAll(async () => {
    cluster = await sharedTestCluster();
    directory = await mkdtemp(join(tmpdir(), 'apollo-chart-'));
    system = await cluster.freshNamespace('apollo-system');
    shop = await cluster.freshNamespace('shop');
    other = await cluster.freshNamespace('other');
    await helm(
      ...['install', 'spoke', CHART, '--namespace', system],
      ...['--set', `hubUrl=https://hub.example.com,namespaces={${shop}}`],
    );
    await secretIn(other);
    const kubeconfigPath = await kubeconfigOf(ACCOUNT);
    scene = await ClusterScene.open({
      ...{ cluster, kubeconfigPath, namespaces: [shop], namespace: system },
      ...{ deployer: 'apollo-deployer', workDirectory: directory },
    });
  }, 900_000);
  afterAll(async () => {
    await scene.close();
    await rm(directory, { recursive: true });
  });

  async function helm(...args: readonly string[]): Promise<string> {
    const { stdout } = await run(cluster.helm, [...args, '--kubeconfig', cluster.kubeconfigPath]);
    return stdout;
  }

  async function made(path: string, body: object): Promise<string> {
    const answer = await cluster.send({ method: 'POST', path, body });
    if (answer.status !== 201) throw new Error(`${path}: ${answer.body}`);
    return answer.body;
  }

  async function kubeconfigOf(account: string): Promise<string> {
    const path = `/api/v1/namespaces/${system}/serviceaccounts/${account}/token`;
    const answer = JSON.parse(await made(path, { spec: { expirationSeconds: 3600 } })) as {
      readonly status: { readonly token: string };
    };
    const config = JSON.parse(await readFile(cluster.kubeconfigPath, 'utf8')) as Kubeconfig;
    const users = config.users.map((user) => ({ ...user, user: { token: answer.status.token } }));
    const file = join(directory, 'kubeconfig');
    await writeFile(file, JSON.stringify({ ...config, users }), { mode: 0o600 });
    return file;
  }

  async function secretIn(namespace: string): Promise<void> {
    const stringData = { password: 'canary' };
    await made(`/api/v1/namespaces/${namespace}/secrets`, { metadata: { name: 'db' }, stringData });
  }

  /** A chart with one template, known to the hub; its digest. */
  async function chartWith(template: string): Promise<string> {
    const folder = await mkdtemp(join(directory, 'chart-'));
    await writeFile(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 1.0.0\n');
    await run('mkdir', [join(folder, 'templates')]);
    await writeFile(join(folder, 'templates/all.yaml'), template);
    return scene.hub.addChart(packChart(folder));
  }

  async function verdictOn(template: string, namespace: string, release: string) {
    const chart = { name: 'web', version: '1.0.0', sha256: await chartWith(template) };
    const offer = scene.offer('broken/good', '1.0.0', { namespace, release, chart });
    return scene.hub.carryOut(offer);
  }

  /** Whether an account may do this, as the API server judges. */
  async function mayDo(user: string, attributes: object): Promise<boolean> {
    const spec = { user, groups: ['system:serviceaccounts'], resourceAttributes: attributes };
    const answer = await made('/apis/authorization.k8s.io/v1/subjectaccessreviews', { spec });
    return (JSON.parse(answer) as { status: { allowed: boolean } }).status.allowed;
  }

  it('installs, upgrades and removes where it was let', async () => {
    const { revision, releaseDigest } = await scene.installed(shop);
    const upgrade = scene.offer('broken/good', '1.0.0', {
      ...{ type: 'upgrade', namespace: shop, values: { replicas: 2 } },
      base: { revision, releaseDigest },
    });
    const upgraded = await scene.hub.carryOut(upgrade);
    expect(upgraded.result).toMatchObject({ verdict: 'succeeded' });
    const head = upgraded.release?.head;
    const removal = scene.offer('broken/good', '1.0.0', {
      ...{ type: 'uninstall', namespace: shop },
      base: { revision: head?.revision ?? 0, releaseDigest: head?.releaseDigest ?? '' },
    });
    expect((await scene.hub.carryOut(removal)).result).toMatchObject({ verdict: 'succeeded' });
  }, 120_000);

  it('is refused where it was not let, with what to do about it', async () => {
    const { result } = await verdictOn('', other, 'web');
    expect(result).toMatchObject({
      ...{ verdict: 'failed', outcome: 'refused', reason: 'NoDeployer' },
      message: expect.stringContaining(`name ${other} in the values of the chart apollo-spoke`),
    });
  });

  it.each([
    {
      name: 'reads a Secret of another namespace while it is rendered',
      template: '{{ (lookup "v1" "Secret" "OTHER" "db").data | toJson }}',
    },
    {
      name: 'brings an object for another namespace',
      template: `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: stray, namespace: OTHER}\n`,
    },
    {
      name: 'makes its account an administrator of the cluster',
      template: [
        'apiVersion: rbac.authorization.k8s.io/v1',
        'kind: ClusterRoleBinding',
        'metadata: {name: take-over-OTHER}',
        'roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}',
        'subjects: [{kind: ServiceAccount, name: apollo-deployer, namespace: OTHER}]',
      ].join('\n'),
    },
    {
      name: 'gives itself the right to read what it may not',
      template: [
        'apiVersion: rbac.authorization.k8s.io/v1',
        'kind: Role',
        'metadata: {name: more}',
        'rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]',
      ].join('\n'),
    },
  ])(
    'refuses a chart that $name, and has touched nothing',
    async ({ template }) => {
      const { result } = await verdictOn(template.replaceAll('OTHER', other), shop, 'stray');
      expect(result).toMatchObject({ verdict: 'failed', outcome: 'refused' });
      expect(result.message).toMatch(/forbidden|may not/);
      expect(result.message).not.toContain('Y2FuYXJ5');
      const kept = await cluster.send({
        ...{ method: 'GET', path: `/api/v1/namespaces/${shop}/secrets` },
      });
      expect(kept.body).not.toContain('sh.helm.release.v1.stray');
    },
    60_000,
  );

  it('keeps the tokens of its deployers where nobody else reads, and never its own', async () => {
    const folder = join(directory, 'deployers', shop);
    const own = await readFile(join(directory, 'kubeconfig'), 'utf8');
    for (const name of await readdir(folder)) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
      const [, token = ''] = /"token":"([^"]+)"/.exec(own) ?? [];
      expect(await readFile(join(folder, name), 'utf8')).not.toContain(token);
    }
    expect(await readdir(folder)).toEqual(['kubeconfig', 'token']);
  });

  it.each([
    { verb: 'create', group: 'apps', resource: 'deployments', namespace: 'shop' },
    { verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'shop' },
    { verb: 'update', group: '', resource: 'secrets', namespace: 'shop' },
    { verb: 'create', group: '', resource: 'pods/exec', namespace: 'shop' },
    { verb: 'list', group: '', resource: 'secrets', namespace: 'other' },
    { verb: 'list', group: '', resource: 'secrets', namespace: undefined },
    { verb: 'get', group: '', resource: 'secrets', namespace: 'system' },
    { verb: 'update', group: '', resource: 'secrets', namespace: 'system' },
    { verb: 'create', group: '', resource: 'serviceaccounts/token', namespace: 'other' },
    { verb: 'impersonate', group: '', resource: 'users', namespace: undefined },
    { verb: 'escalate', group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
    { verb: 'bind', group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
    { verb: 'approve', group: 'certificates.k8s.io', resource: 'signers' },
  ])('cannot itself $verb $resource ($namespace)', async ({ namespace, ...asked }) => {
    const names: Record<string, string> = { shop, other, system };
    const where = namespace === undefined ? {} : { namespace: names[namespace] };
    const [resource, subresource] = asked.resource.split('/');
    const attributes = { ...asked, ...where, resource, ...(subresource && { subresource }) };
    expect(await mayDo(`system:serviceaccount:${system}:${ACCOUNT}`, attributes)).toBe(false);
  });

  it('can ask for tokens of the deployer alone', async () => {
    const asked = { verb: 'create', resource: 'serviceaccounts', subresource: 'token' };
    const tokenOf = (name: string) =>
      mayDo(`system:serviceaccount:${system}:${ACCOUNT}`, { ...asked, namespace: shop, name });
    expect(await tokenOf('apollo-deployer')).toBe(true);
    expect(await tokenOf('default')).toBe(false);
  });
});

describe('the rules of the chart', () => {
  let helm: string;
  let cluster: SharedTestCluster;
  beforeAll(async () => {
    cluster = await sharedTestCluster();
    ({ helm } = cluster);
  }, 900_000);
  afterAll(() => cluster.release());

  const VALUES = 'hubUrl=https://hub.example.com,namespaces={shop}';

  it('are these, with no wildcard and nothing by which rights grow', async () => {
    const args = ['template', 'spoke', CHART, '--namespace', 'apollo', '--set', VALUES];
    const { stdout } = await run(helm, args);
    const documents = stdout.split(/^---$/m).filter((text) => /^kind: (Cluster)?Role$/m.test(text));
    const rules = documents.flatMap((text) => {
      const [, kind = ''] = /^kind: (\w+)$/m.exec(text) ?? [];
      const [, where = 'everywhere'] = /^ {2}namespace: (\S+)$/m.exec(text) ?? [];
      const found = text.matchAll(
        /apiGroups: \[(.*)\]\n +resources: \[(.*)\]\n(?: +resourceNames: \[(.*)\]\n)? +verbs: \[(.*)\]/g,
      );
      return [...found].map(
        ([, group = '', what = '', only, verbs = '']) =>
          `${kind} ${where}: ${verbs} ${what}${only === undefined ? '' : ` ${only}`} (${group.replaceAll("'", '')})`,
      );
    });
    expect(rules.toSorted()).toEqual([
      'ClusterRole everywhere: get customresourcedefinitions (apiextensions.k8s.io)',
      'ClusterRole everywhere: get namespaces, nodes ()',
      'Role apollo: get pods ()',
      'Role apollo: get, list, create, update configmaps ()',
      'Role shop: create serviceaccounts/token apollo-deployer ()',
      'Role shop: get, list pods (metrics.k8s.io)',
      'Role shop: get, list, watch roles, rolebindings (rbac.authorization.k8s.io)',
      'Role shop: get, list, watch secrets ()',
    ]);
    expect(stdout.match(/- apiGroups:/g)).toHaveLength(rules.length);
    expect(stdout).not.toMatch(/cluster-admin|escalate|impersonate|['"[]\*/);
  });

  it('hands the spoke its policy and its key set as they are, where it cannot write', async () => {
    const values = {
      trustedKeys: { version: 7, threshold: 2, keys: ['BEGIN PUBLIC KEY a', 'BEGIN PUBLIC KEY b'] },
      policy: { freeze: true },
    };
    const set = [
      '--set',
      VALUES,
      '--set-json',
      `trustedKeys=${JSON.stringify(values.trustedKeys)}`,
    ];
    const { stdout } = await run(helm, [
      ...['template', 'spoke', CHART, '--namespace', 'apollo', '--show-only'],
      ...['templates/config.yaml', ...set, '--set-json', `policy=${JSON.stringify(values.policy)}`],
    ]);
    const file = (name: string): unknown =>
      JSON.parse(new RegExp(`${name}: \\|\n((?: {4}.*\n?)+)`).exec(stdout)?.[1] ?? '');
    expect(stdout).toContain('kind: Secret');
    expect(file('policy.json')).toEqual(values.policy);
    expect(file('trusted-keys.json')).toEqual(values.trustedKeys);
  });

  it.each([
    { name: 'the namespace of the spoke itself', values: 'namespaces={apollo}', says: /apollo/ },
    { name: 'kube-system', values: 'namespaces={kube-system}', says: /kube-system/ },
    { name: 'no namespace', values: 'namespaces={}', says: /namespaces/ },
    { name: 'no hub', values: 'hubUrl=', says: /hubUrl/ },
    { name: 'a hub elsewhere in plain text', values: 'hubUrl=http://hub.local', says: /hubUrl/ },
    { name: 'a private key', values: 'trustedKeys.keys={BEGIN PRIVATE KEY}', says: /trustedKeys/ },
    { name: 'nobody to sign', values: 'trustedKeys.threshold=0', says: /trustedKeys/ },
    { name: 'an administrator', values: 'deployer.clusterRole=cluster-admin', says: /deployer/ },
    { name: 'a value that nobody knows', values: 'privileged=true', says: /privileged/ },
  ])('are not made with $name', async ({ values, says }) => {
    const args = ['template', 'spoke', CHART, '--namespace', 'apollo', '--set', VALUES];
    await expect(run(helm, [...args, '--set', values])).rejects.toThrow(says);
  });
});
