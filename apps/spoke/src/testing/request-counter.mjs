import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * One request as the API server got it.
 * @typedef {{ method: string, path: string, query: URLSearchParams, agent: string }} SeenRequest
 */

/**
 * A way to an API server that keeps what is asked of it. Speaks plain HTTP to its clients, on the
 * loopback alone, and has the credentials of the cluster's administrator.
 * @param {string} kubeconfigPath As a local cluster wrote it.
 */
export async function requestCounter(kubeconfigPath) {
  const config = JSON.parse(await readFile(kubeconfigPath, 'utf8'));
  const [{ cluster }] = config.clusters;
  const [{ user }] = config.users;
  const upstream = new URL(cluster.server);
  const ca = Buffer.from(cluster['certificate-authority-data'], 'base64');
  const agent = new Agent({ ca, keepAlive: true });
  /** @type {SeenRequest[]} */
  const seen = [];

  const server = createServer((incoming, answer) => {
    seen.push(seenRequest(incoming));
    const { hostname, port } = upstream;
    const { method, url: path } = incoming;
    const headers = {
      ...incoming.headers,
      host: upstream.host,
      authorization: `Bearer ${user.token}`,
    };
    const outgoing = request({ agent, hostname, port, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      answer.flushHeaders();
      response.pipe(answer);
      response.on('error', () => answer.destroy());
    });
    outgoing.on('error', () => answer.destroy());
    answer.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;

  const folder = await mkdtemp(join(tmpdir(), 'apollo-count-'));
  // Without that word clients refuse to speak plainly; over the loopback there is nobody to hide from.
  const counted = { server: `http://127.0.0.1:${String(port)}`, 'insecure-skip-tls-verify': true };
  const own = join(folder, 'kubeconfig');
  const clusters = [{ ...config.clusters[0], cluster: counted }];
  await writeFile(own, JSON.stringify({ ...config, clusters }), { mode: 0o600 });
  return {
    /** Whoever uses it goes the counted way. */
    kubeconfigPath: own,
    /** What was asked since the last call. */
    take: () => seen.splice(0),
    close: async () => {
      server.closeAllConnections();
      server.close();
      agent.destroy();
      await rm(folder, { recursive: true });
    },
  };
}

/**
 * @param {import('node:http').IncomingMessage} incoming
 * @returns {SeenRequest}
 */
function seenRequest({ method = '', url = '', headers }) {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  return { method, path: pathname, query: searchParams, agent: headers['user-agent'] ?? '' };
}

/**
 * What a plan asked of the API server, by what it is for. `helm`: by Helm. `ledger`: the record of the
 * spoke's work. `dryRuns`: one object tried. `releases`: Helm's Secrets, listed or read. `objects`:
 * other looks at what is in the release's namespace, `namespace` at that itself, `quotas` at what bounds it,
 * `rights`: what the account may do. Watches are left out, and the first lists of what they watch.
 * @param {readonly SeenRequest[]} requests
 * @param {{ namespace: string, ledgerNamespace: string }} where
 */
export function requestsByPurpose(requests, { namespace, ledgerNamespace }) {
  /** @type {Record<'helm' | 'ledger' | 'rights' | 'dryRuns' | 'releases' | 'objects' | 'namespace' | 'quotas', string[]>} */
  const found = {
    ...{ helm: [], ledger: [], rights: [], dryRuns: [] },
    ...{ releases: [], objects: [], namespace: [], quotas: [] },
  };
  for (const { method, path, query, agent } of requests) {
    const asked = `${method} ${path}`;
    const [space = '', rest = ''] = (path.split('/namespaces/')[1] ?? '').split(/\/(.*)/);
    if (agent.startsWith('Helm/')) found.helm.push(asked);
    else if (query.get('watch') === 'true') continue;
    else if (path.startsWith('/apis/authorization.k8s.io/')) found.rights.push(asked);
    else if (space === ledgerNamespace) found.ledger.push(asked);
    else if (space !== namespace) continue;
    else if (query.has('dryRun')) found.dryRuns.push(asked);
    else if (rest.startsWith('secrets')) found.releases.push(asked);
    else if (rest === 'resourcequotas') found.quotas.push(asked);
    else if (rest === '') found.namespace.push(asked);
    else found.objects.push(asked);
  }
  return found;
}
