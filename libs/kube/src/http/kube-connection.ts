import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import { InvariantViolation } from '@apollo-deploy/kernel';
import type { Cluster, KubeConfig } from '@kubernetes/client-node';
import { KubeUnavailable } from '../kube-unavailable.js';

/**
 * Where the credentials come from: a kubeconfig file, the service account of this pod, or a token that
 * is asked for at each request, for the cluster of another connection and with nothing else of it.
 */
export type KubeCredentials =
  | { readonly from: 'kubeconfig'; readonly path: string; readonly context?: string }
  | { readonly from: 'pod' }
  | {
      readonly from: 'token';
      readonly cluster: KubeConnection;
      readonly token: () => Promise<string>;
    };

/** What one request needs to reach and convince the API server. */
export interface ConnectionOptions {
  readonly base: URL;
  readonly agent: HttpAgent;
  readonly headers: Readonly<Record<string, string>>;
}

// The server drops idle connections after minutes; ours must be gone before that.
const IDLE_SOCKET_MS = 60_000;

/**
 * Credentials and kept-alive connections to one API server. Tokens are looked up for each request,
 * so rotated ones are picked up; connections are made anew when certificates change.
 */
export class KubeConnection {
  private config: Promise<KubeConfig> | null = null;
  private agent: HttpAgent | null = null;
  private agentKey = '';

  constructor(private readonly credentials: KubeCredentials) {}

  /** Throws `KubeUnavailable` when credentials cannot be loaded or refreshed. */
  async options(): Promise<ConnectionOptions> {
    try {
      this.config ??= this.load();
      const config = await this.config;
      const server = config.getCurrentCluster()?.server;
      if (server === undefined) throw new Error('its current context names no cluster');
      const request: RequestOptions = {};
      await config.applyToHTTPSOptions(request);
      if (this.credentials.from === 'token') {
        request.headers = { Authorization: `Bearer ${await this.credentials.token()}` };
      }
      const base = new URL(server.endsWith('/') ? server : `${server}/`);
      return { base, agent: this.agentFor(base, request), headers: headersOf(request) };
    } catch (cause) {
      this.config = null;
      const message = `credentials for the Kubernetes API cannot be loaded: ${textOf(cause)}; ${advice(this.credentials)}`;
      throw new KubeUnavailable(message, {
        cause,
        retryable: this.credentials.from !== 'kubeconfig',
      });
    }
  }

  private async load(): Promise<KubeConfig> {
    const { credentials } = this;
    if (credentials.from !== 'token') return loadConfig(credentials);
    const { KubeConfig: Config } = await import('@kubernetes/client-node');
    const config = new Config();
    config.loadFromClusterAndUser(await credentials.cluster.cluster(), { name: 'account' });
    return config;
  }

  /** The cluster, and how to know that it is the one, without who asks. Throws as `options` does. */
  private async cluster(): Promise<Cluster> {
    await this.options();
    const cluster = (await this.config)?.getCurrentCluster();
    if (cluster == null) throw new InvariantViolation('a connection that answers names no cluster');
    return cluster;
  }

  /**
   * A kubeconfig for the same cluster, whose only user is who has the token in that file, read anew as
   * long as the program runs. Throws `KubeUnavailable` as `options` does.
   */
  async kubeconfigFor(tokenPath: string): Promise<string> {
    const { server, tlsServerName, caData, caFile, skipTLSVerify } = await this.cluster();
    const names = { cluster: 'cluster', user: 'account' };
    return JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'account' },
      clusters: [
        {
          name: names.cluster,
          cluster: {
            ...{ server, 'tls-server-name': tlsServerName },
            ...{ 'certificate-authority-data': caData, 'certificate-authority': caFile },
            ...(skipTLSVerify && { 'insecure-skip-tls-verify': true }),
          },
        },
      ],
      users: [{ name: names.user, user: { tokenFile: tokenPath } }],
      contexts: [{ name: 'account', context: names }],
    });
  }

  /** Closes every connection; running requests and watches break. */
  close(): void {
    this.agent?.destroy();
    this.agent = null;
  }

  private agentFor(base: URL, request: RequestOptions): HttpAgent {
    const { ca, cert, key, servername, rejectUnauthorized } = request;
    const agentKey = [ca, cert, key, servername, rejectUnauthorized].map(String).join('\n');
    if (this.agent !== null && this.agentKey === agentKey) return this.agent;
    const kept = { keepAlive: true, timeout: IDLE_SOCKET_MS, scheduling: 'lifo' } as const;
    this.agent =
      base.protocol === 'http:'
        ? new HttpAgent(kept)
        : new HttpsAgent({
            ...kept,
            ...(ca !== undefined && { ca }),
            ...(cert !== undefined && { cert }),
            ...(key !== undefined && { key }),
            ...(servername !== undefined && { servername }),
            ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
          });
    this.agentKey = agentKey;
    return this.agent;
  }
}

async function loadConfig(
  credentials: Exclude<KubeCredentials, { from: 'token' }>,
): Promise<KubeConfig> {
  const { KubeConfig: Config } = await import('@kubernetes/client-node');
  const config = new Config();
  if (credentials.from === 'pod') {
    config.loadFromCluster();
    return config;
  }
  config.loadFromFile(credentials.path);
  if (credentials.context !== undefined) config.setCurrentContext(credentials.context);
  return config;
}

function headersOf(request: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    if (typeof value === 'string') headers[name] = value;
  }
  if (typeof request.auth === 'string') {
    headers['Authorization'] = `Basic ${Buffer.from(request.auth).toString('base64')}`;
  }
  return headers;
}

function advice(credentials: KubeCredentials): string {
  return credentials.from === 'kubeconfig'
    ? `check the file ${credentials.path}`
    : 'check that the pod mounts its service account token';
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
