import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { KubeUnavailable } from '../kube-unavailable.js';

/** Where the credentials come from: a kubeconfig file, or the service account of this pod. */
export type KubeCredentials =
  | { readonly from: 'kubeconfig'; readonly path: string; readonly context?: string }
  | { readonly from: 'pod' };

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
      this.config ??= loadConfig(this.credentials);
      const config = await this.config;
      const server = config.getCurrentCluster()?.server;
      if (server === undefined) throw new Error('its current context names no cluster');
      const request: RequestOptions = {};
      await config.applyToHTTPSOptions(request);
      const base = new URL(server.endsWith('/') ? server : `${server}/`);
      return { base, agent: this.agentFor(base, request), headers: headersOf(request) };
    } catch (cause) {
      this.config = null;
      const message = `credentials for the Kubernetes API cannot be loaded: ${textOf(cause)}; ${advice(this.credentials)}`;
      throw new KubeUnavailable(message, { cause, retryable: this.credentials.from === 'pod' });
    }
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

async function loadConfig(credentials: KubeCredentials): Promise<KubeConfig> {
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
  return credentials.from === 'pod'
    ? 'check that the pod mounts its service account token'
    : `check the file ${credentials.path}`;
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
