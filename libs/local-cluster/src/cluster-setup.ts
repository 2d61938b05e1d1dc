import type { ApiAnswer, ApiClient, ApiRequest } from './api-client.js';
import { METRICS_DEFINITIONS, NODE, NODE_IN_DOUBT, NODE_NAME } from './cluster-objects.js';
import { LocalClusterError } from './local-cluster-error.js';

const NODE_PATH = `/api/v1/nodes/${NODE_NAME}`;
const DEFINITIONS_PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const SYSTEM_PATH = '/api/v1/namespaces/kube-system';
const METRICS_PATH = '/apis/metrics.k8s.io/v1beta1';

/** Tries until the answer is true or a process of the cluster is found dead. */
export type Until = (what: string, probe: () => Promise<boolean>) => Promise<void>;

/**
 * Brings an empty or a kept cluster, whose processes have been started, to the point where pods are
 * run: API server ready, metrics served, node Ready as kwok says now and not as it said last time.
 * Answers the UID of its kube-system namespace.
 */
export async function setUpCluster(api: ApiClient, until: Until): Promise<string> {
  await until(
    'the API server to be ready',
    async () => (await probe(api, '/readyz'))?.status === 200,
  );
  for (const body of METRICS_DEFINITIONS) {
    await send(api, { method: 'POST', path: DEFINITIONS_PATH, body }, 201, 409);
  }
  // Before there is a node, so that no pod gets ready without its usage.
  await until('metrics.k8s.io to be served', () => servesMetrics(api));
  const created = await send(api, { method: 'POST', path: '/api/v1/nodes', body: NODE }, 201, 409);
  if (created.status === 409) {
    const path = `${NODE_PATH}/status`;
    await send(api, { method: 'PATCH', path, body: NODE_IN_DOUBT }, 200);
  }
  await until('the node to be Ready', async () => isNodeReady((await probe(api, NODE_PATH))?.body));
  let uid: string | undefined;
  await until('the namespace kube-system', async () => {
    uid = uidIn(await probe(api, SYSTEM_PATH));
    return uid !== undefined;
  });
  return uid ?? '';
}

function uidIn(answer: ApiAnswer | undefined): string | undefined {
  if (answer?.status !== 200) return undefined;
  return (JSON.parse(answer.body) as { metadata?: { uid?: string } }).metadata?.uid;
}

async function servesMetrics(api: ApiClient): Promise<boolean> {
  const answer = await probe(api, METRICS_PATH);
  if (answer?.status !== 200) return false;
  return answer.body.includes('"PodMetrics"') && answer.body.includes('"NodeMetrics"');
}

/** Whether a Node, as the API server sent it, has the condition Ready = True. */
export function isNodeReady(body: string | undefined): boolean {
  if (body === undefined) return false;
  const node = JSON.parse(body) as {
    status?: { conditions?: readonly { type?: string; status?: string }[] };
  };
  const conditions = node.status?.conditions ?? [];
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** Undefined while nobody answers: the server may be starting. */
async function probe(api: ApiClient, path: string): Promise<ApiAnswer | undefined> {
  const [answer] = await Promise.allSettled([api.send({ method: 'GET', path })]);
  return answer.status === 'fulfilled' ? answer.value : undefined;
}

async function send(
  api: ApiClient,
  request: ApiRequest,
  ...expected: readonly number[]
): Promise<ApiAnswer> {
  const answer = await api.send(request);
  if (expected.includes(answer.status)) return answer;
  throw new LocalClusterError(
    `The API server of the local cluster answered ${String(answer.status)} to ${request.method} ` +
      `${request.path}: ${answer.body}. Start it again with an empty directory if this stays.`,
    true,
  );
}
