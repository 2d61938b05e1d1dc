import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import {
  behind,
  frontKubeconfig,
  listenInFront,
  stopFront,
  type BehindFront,
} from './front-server.js';

/** A request on its way to the API server. */
export interface SeenRequest {
  readonly by: 'spoke' | 'helm';
  readonly method: string;
  readonly url: URL;
  readonly body: string;
}

/** When somebody may be killed: before the API server has the request, or after it has answered. */
export type Moment = 'before' | 'after';

/** Holds a request as long as it likes, and says whether to let it or its answer through. */
export type Gate = (seen: SeenRequest, moment: Moment, status?: number) => Promise<'pass' | 'cut'>;

/**
 * Stands between one spoke with its Helm and the API server, shows each request to a gate, and drops
 * what a dead client has left on the way to the API server. Plain HTTP on loopback.
 */
export class KillFront {
  private readonly agent = new Agent({ keepAlive: true, rejectUnauthorized: false });

  private constructor(
    private readonly server: Server,
    private readonly behind: BehindFront,
    private readonly gate: Gate,
  ) {
    server.on('request', (asked: IncomingMessage, answer: ServerResponse) => {
      this.take(asked, answer).catch(() => answer.destroy());
    });
  }

  /** In front of the API server of this kubeconfig of a local cluster. */
  static async before(kubeconfigPath: string, gate: Gate): Promise<KillFront> {
    return new KillFront(await listenInFront(), await behind(kubeconfigPath), gate);
  }

  /** The kubeconfig that leads here, as the same user. */
  get kubeconfig(): string {
    return frontKubeconfig(this.server, this.behind.token);
  }

  /** Ends whatever is open through it, watches too. */
  cutOpen(): void {
    this.server.closeAllConnections();
  }

  stop(): Promise<void> {
    return stopFront(this.server, this.agent);
  }

  private async take(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await bodyOf(asked);
    const url = new URL(asked.url ?? '/', this.behind.server);
    const by = asked.headers['user-agent']?.startsWith('apollo-spoke/') === true ? 'spoke' : 'helm';
    const seen = { by, method: asked.method ?? 'GET', url, body: body.toString() } as const;
    if ((await this.gate(seen, 'before')) === 'cut') return void answer.destroy();
    const response = await this.ask(asked, url, body);
    const isWatch = url.searchParams.has('watch');
    if (!isWatch && (await this.gate(seen, 'after', response.statusCode)) === 'cut') {
      response.destroy();
      return void answer.destroy();
    }
    answer.on('close', () => response.destroy());
    answer.writeHead(response.statusCode ?? 502, response.headers);
    // A watch without events has only its head to show.
    answer.flushHeaders();
    response.on('error', () => answer.destroy());
    response.pipe(answer);
  }

  private ask(asked: IncomingMessage, url: URL, body: Buffer): Promise<IncomingMessage> {
    const { method = 'GET' } = asked;
    // Helm sends no token over plain HTTP.
    const authorization = `Bearer ${this.behind.token ?? ''}`;
    const headers = { ...asked.headers, authorization };
    return new Promise((resolve, reject) => {
      const sent = request(url, { method, headers, agent: this.agent }, resolve);
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

async function bodyOf(asked: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of asked) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
