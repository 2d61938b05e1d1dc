import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { KubeUnavailable } from '../kube-unavailable.js';
import type { ConnectionOptions, KubeConnection } from './kube-connection.js';
import { isOutage } from './refusal-from-status.js';
import { retryAfterMs as waitOf } from './retry-after.js';

export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute path below the server's base, without its leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: string;
  /** Ends the request, also while its answer is still streaming. */
  readonly signal?: AbortSignal;
  /** True: silence on the connection is normal (a watch). */
  readonly endless?: boolean;
}

export interface TransportAnswer {
  readonly status: number;
  readonly body: string;
}

const SILENCE_MS = 60_000;

/** Sends plain HTTPS requests to one API server. Throws `KubeUnavailable` for every outage. */
export class KubeTransport {
  constructor(
    private readonly connection: KubeConnection,
    private readonly userAgent: string,
  ) {}

  /** The whole answer. Server errors (5xx, 429) throw; other statuses come back to be read. */
  async send(request: TransportRequest): Promise<TransportAnswer> {
    const response = await this.open(request);
    const status = response.statusCode ?? 0;
    const body = await text(response).catch((cause: unknown) => {
      throw unavailable(request, 'the connection broke while the answer came in', cause);
    });
    if (isOutage(status, body)) {
      const what = `it answered ${String(status)}: ${serverMessage(body)}`;
      throw unavailable(request, what, undefined, waitOf(response));
    }
    return { status, body };
  }

  /** The answer's head; its body still streams in. */
  async open(request: TransportRequest): Promise<IncomingMessage> {
    const options = await this.connection.options();
    try {
      return await this.exchange(request, options);
    } catch (error) {
      // A kept-alive connection the server had already closed: safe to read again, once.
      if (!(error instanceof StaleConnection) || request.method !== 'GET') throw error;
      return this.exchange(request, options);
    }
  }

  private exchange(
    request: TransportRequest,
    options: ConnectionOptions,
  ): Promise<IncomingMessage> {
    const url = new URL(request.path, options.base);
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    const body = request.body === undefined ? undefined : Buffer.from(request.body);
    const headers = {
      ...options.headers,
      Accept: request.accept ?? 'application/json',
      'User-Agent': this.userAgent,
      ...(body !== undefined && {
        'Content-Type': request.contentType ?? 'application/json',
        'Content-Length': body.length,
      }),
    };
    const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
    return new Promise((resolve, reject) => {
      const outgoing = send(url, {
        method: request.method,
        agent: options.agent,
        headers,
        ...(request.signal !== undefined && { signal: request.signal }),
      });
      outgoing.setTimeout(request.endless === true ? 0 : SILENCE_MS, () => {
        outgoing.destroy(new Error(`no byte came for ${String(SILENCE_MS / 1000)} s`));
      });
      outgoing.once('response', resolve);
      outgoing.on('error', (cause: NodeJS.ErrnoException) => {
        const stale = outgoing.reusedSocket && cause.code === 'ECONNRESET';
        const failure = stale ? StaleConnection : KubeUnavailable;
        reject(new failure(unavailableMessage(request, cause.message), { cause }));
      });
      outgoing.end(body);
    });
  }
}

class StaleConnection extends KubeUnavailable {}

function unavailable(
  request: TransportRequest,
  what: string,
  cause: unknown,
  retryAfterMs = 0,
): KubeUnavailable {
  return new KubeUnavailable(unavailableMessage(request, what), { cause, retryAfterMs });
}

function unavailableMessage(request: TransportRequest, what: string): string {
  return `the Kubernetes API could not be asked (${request.method} /${request.path}): ${what}`;
}

function serverMessage(body: string): string {
  const short = body.slice(0, 500);
  const match = /"message":"((?:[^"\\]|\\.)*)"/.exec(short);
  return match?.[1] ?? short;
}
