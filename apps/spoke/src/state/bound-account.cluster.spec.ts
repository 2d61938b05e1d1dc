import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sharedTestCluster, type SharedTestCluster } from '@apollo-deploy/local-cluster/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiFront } from '../testing/api-front.js';
import { ClusterScene } from '../testing/cluster-scene.js';

const run = promisify(execFile);
const CHART = join(import.meta.dirname, '../../../../examples/broken/good');
const RBAC = 'rbac.authorization.k8s.io';

describe('a spoke whose account is bound to namespaces of a real cluster', () => {
  let cluster: SharedTestCluster;
  let front: ApiFront;
  let scene: ClusterScene;
  let directory: string;
  let [bound, foreign]: [string, string] = ['', ''];

  beforeAll(async () => {
    cluster = await sharedTestCluster();
    front = await ApiFront.before(cluster.kubeconfigPath);
    directory = await mkdtemp(join(tmpdir(), 'apollo-bound-'));
    bound = await cluster.freshNamespace('bound');
    foreign = await cluster.freshNamespace('foreign');
    const kubeconfigPath = join(directory, 'kubeconfig');
    await writeFile(kubeconfigPath, front.kubeconfig(await accountOf(bound)), { mode: 0o600 });
    scene = await ClusterScene.open({ cluster, kubeconfigPath, namespaces: [bound, foreign] });
  }, 900_000);
  afterAll(async () => {
    await scene.close();
    await front.stop();
    await rm(directory, { recursive: true });
  });

  async function made(path: string, body: object): Promise<string> {
    const answer = await cluster.send({ method: 'POST', path, body });
    if (answer.status !== 201) throw new Error(`${path}: ${answer.body}`);
    return answer.body;
  }

  /** Makes an account that may do everything in one namespace and nothing elsewhere; its token. */
  async function accountOf(namespace: string): Promise<string> {
    const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
    await made(accounts, { metadata: { name: 'spoke' } });
    await made(`/apis/${RBAC}/v1/namespaces/${namespace}/rolebindings`, {
      metadata: { name: 'spoke' },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'spoke', namespace }],
    });
    const token = await made(`${accounts}/spoke/token`, { spec: { expirationSeconds: 3600 } });
    return (JSON.parse(token) as { status: { token: string } }).status.token;
  }

  /** Somebody installs release `web` by hand. */
  async function installed(namespace: string): Promise<void> {
    const to = ['--namespace', namespace, '--kubeconfig', cluster.kubeconfigPath];
    await run(cluster.helm, ['install', 'web', CHART, ...to]);
  }

  it('says where it sees releases and where it may not look', () => {
    const full = scene.hub.frames.find(({ t }) => t === 'state.full');
    expect(full?.p).toMatchObject({
      sight: { seen: [bound], unseen: [foreign] },
      releases: [],
    });
  });

  it('tells of a release in its namespace, and of what somebody changes in it', async () => {
    await installed(bound);
    await installed(foreign);
    await scene.report(bound, ({ health }) => health === 'Healthy');
    const path = `/api/v1/namespaces/${bound}/services/web`;
    const body = {
      spec: { sessionAffinity: 'ClientIP' },
      metadata: { labels: { 'app.kubernetes.io/name': 'other' } },
    };
    await cluster.send({ method: 'PATCH', path, body });
    const report = await scene.report(bound, ({ drift }) => drift.length > 0);
    expect(report.drift).toMatchObject([{ kind: 'Service', name: 'web' }]);
    expect([...scene.hub.releases.keys()]).toEqual([`${bound}/web`]);
  });
});
