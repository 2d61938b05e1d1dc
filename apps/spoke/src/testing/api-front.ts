import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import { behind, frontKubeconfig, listenInFront, stopFront } from './front-server.js';

/** What is answered to lists and watches in place of the API server's answer. */
export interface FrontAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Stands between a client and a real API server, and misbehaves on demand. Plain HTTP on loopback. */
export class ApiFront {
  private readonly agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  private readonly watches = new Set<ServerResponse>();
  private answer: FrontAnswer | null = null;
  private oldest: string | null = null;
  /** How many lists and watches were turned away since the fault began. */
  turnedAway = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: string,
  ) {
    server.on('request', (asked: IncomingMessage, answer: ServerResponse) =>
      this.take(asked, answer),
    );
  }

  /** In front of the API server of this kubeconfig, as `server.clusters[0]` of it says. */
  static async before(kubeconfigPath: string): Promise<ApiFront> {
    const { server: target } = await behind(kubeconfigPath);
    return new ApiFront(await listenInFront(), target);
  }

  /** The kubeconfig that leads here, for the holder of this token. */
  kubeconfig(token: string): string {
    return frontKubeconfig(this.server, token);
  }

  /** From now on open watches bring no byte any more, and do not end. */
  stallWatches(): void {
    for (const watch of this.watches) watch.write = () => true;
    this.watches.clear();
  }

  /** Ends open watches, and turns lists and new watches away like this until it is healed. */
  turnAway(answer: FrontAnswer): void {
    this.answer = answer;
    this.turnedAway = 0;
    this.cutWatches();
  }

  /** Ends open watches, and has new ones begin at a version of long ago. */
  forgetHistory(): void {
    this.oldest = '1';
    this.turnedAway = 0;
    this.cutWatches();
  }

  heal(): void {
    this.answer = null;
    this.oldest = null;
  }

  stop(): Promise<void> {
    return stopFront(this.server, this.agent);
  }

  private cutWatches(): void {
    for (const watch of this.watches) watch.end();
    this.watches.clear();
  }

  private take(asked: IncomingMessage, answer: ServerResponse): void {
    const url = new URL(asked.url ?? '/', this.target);
    const isWatch = url.searchParams.get('watch') === 'true';
    const isList = asked.method === 'GET' && url.searchParams.has('limit');
    if (this.answer !== null && (isWatch || isList)) return this.refuse(this.answer, answer);
    if (this.oldest !== null && isWatch) {
      url.searchParams.set('resourceVersion', this.oldest);
      this.turnedAway += 1;
    }
    this.forward(asked, { url, isWatch }, answer);
  }

  private refuse({ status, reason, headers = {} }: FrontAnswer, answer: ServerResponse): void {
    this.turnedAway += 1;
    const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code: status };
    answer.writeHead(status, { 'content-type': 'application/json', ...headers });
    answer.end(JSON.stringify({ ...body, message: `${reason}, as the front says` }));
  }

  private forward(
    asked: IncomingMessage,
    { url, isWatch }: { readonly url: URL; readonly isWatch: boolean },
    answer: ServerResponse,
  ): void {
    const { method = 'GET', headers } = asked;
    const sent = request(url, { method, headers, agent: this.agent }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      // A watch without events has only its head to show.
      answer.flushHeaders();
      if (isWatch) this.watches.add(answer);
      response.on('data', (chunk: Buffer) => answer.write(chunk));
      response.on('end', () => answer.end());
      response.on('error', () => answer.destroy());
    });
    sent.on('error', () => answer.destroy());
    answer.on('close', () => {
      this.watches.delete(answer);
      sent.destroy();
    });
    asked.pipe(sent);
  }
}
