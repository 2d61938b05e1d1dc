import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HttpKubeApi, KubeConnection } from '@apollo-deploy/kube';
import { HelmCliRunner } from '../helm-cli-runner.js';
import type { HelmBench } from './helm-cluster-bench.js';

/** For example `{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }`. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

interface Kubeconfig {
  readonly users: readonly { readonly name: string; readonly user: object }[];
}

/**
 * The same bench by an account that has these rights in the bench's namespace, and none elsewhere
 * besides what every account has. `close` ends its connections.
 */
export async function boundTo(
  open: HelmBench,
  rules: readonly PolicyRule[],
): Promise<HelmBench & { readonly close: () => void }> {
  const { namespace, options } = open;
  const name = `deployer-${randomBytes(4).toString('hex')}`;
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  await post(open, `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } });
  await post(open, `${rbac}/roles`, { metadata: { name }, rules });
  await post(open, `${rbac}/rolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  });
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { status } = await post(open, path, { spec: { expirationSeconds: 3600 } });
  const config = JSON.parse(await readFile(open.cluster.kubeconfigPath, 'utf8')) as Kubeconfig;
  const users = config.users.map((user) => ({ ...user, user: { token: status?.token } }));
  const kubeconfigPath = join(open.directory, `${name}.json`);
  await writeFile(kubeconfigPath, JSON.stringify({ ...config, users }), { mode: 0o600 });
  const kube = new HttpKubeApi(new KubeConnection({ from: 'kubeconfig', path: kubeconfigPath }));
  const bound = { ...options, kubeconfigPath };
  return {
    ...open,
    kube,
    options: bound,
    helm: new HelmCliRunner(bound),
    close: () => kube.close(),
  };
}

async function post(
  { cluster }: HelmBench,
  path: string,
  body: object,
): Promise<{ readonly status?: { readonly token?: string } }> {
  const answer = await cluster.send({ method: 'POST', path, body });
  if (answer.status !== 201) throw new Error(`${path}: ${answer.body}`);
  return JSON.parse(answer.body) as { readonly status?: { readonly token?: string } };
}
