import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ServerCertificate } from './certificates.js';

/** What came in. */
export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As it was sent. */
  readonly text: string;
}

export type Reply = (response: ServerResponse, heard: Heard) => void;

/** Answers with a status and a text, or a value as JSON. */
export function says(status: number, body: unknown = ''): Reply {
  return (response) => {
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

/** Somebody outside, on a port of this machine, who answers as the test says and remembers what came. */
export class StandIn {
  readonly heard: Heard[] = [];
  reply: Reply = says(200, {});
  private watchers: { readonly count: number; readonly seen: () => void }[] = [];

  private constructor(
    private readonly server: Server | TlsServer,
    readonly url: string,
  ) {}

  /** On a port of its own; or on one that another had before. With a certificate, by https only. */
  static async start(wanted = 0, certificate?: ServerCertificate): Promise<StandIn> {
    const server = certificate === undefined ? createServer() : createTlsServer({ ...certificate });
    server.listen(wanted, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const scheme = certificate === undefined ? 'http' : 'https';
    const standIn = new StandIn(server, `${scheme}://127.0.0.1:${String(port)}`);
    server.on('request', (request, response) => {
      standIn.take(request, response);
    });
    return standIn;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Resolves once so many calls have come in, since the start. */
  hears(count: number): Promise<void> {
    if (this.heard.length >= count) return Promise.resolve();
    return new Promise((seen) => this.watchers.push({ count, seen }));
  }

  /** Resolves once nobody is there any more; so it does where that is so already. */
  async stop(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const heard = { method, path, headers, text: Buffer.concat(chunks).toString('utf8') };
      this.heard.push(heard);
      const due = this.watchers.filter(({ count }) => count <= this.heard.length);
      this.watchers = this.watchers.filter((watcher) => !due.includes(watcher));
      this.reply(response, heard);
      for (const { seen } of due) seen();
    });
  }
}
