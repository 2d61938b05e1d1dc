import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { sha256Hex } from '@apollo-deploy/kernel';
import {
  chartPath,
  decodeSpokeFrame,
  DURABLE_MESSAGES,
  encodeHubFrame,
  type HubMessageType,
  type HubPayload,
  JOIN_PATH,
  type JoinRequest,
  type PlanVerdict,
  provesKey,
  readSessionToken,
  type ReleaseReport,
  type SpokeFrame,
  type SpokePayload,
} from '@apollo-deploy/protocol';
import { WebSocketServer, type WebSocket } from 'ws';
import { Events } from './events.js';

/** A hub of one spoke, on a real socket: hands out charts, offers plans, keeps what it is told. */
export class TestHub {
  readonly token = 'token-of-the-spoke-under-test';
  readonly frames: SpokeFrame[] = [];
  /** The newest report of each release, by `namespace/name`. */
  readonly releases = new Map<string, ReleaseReport>();
  /** The public key of the spoke that has joined. */
  private publicKey = '';
  private readonly charts = new Map<string, Uint8Array>();
  private readonly news = new Set<() => void>();
  private socket: WebSocket | null = null;
  private epoch = 0;
  private ids = 0;

  private constructor(
    private readonly server: Server,
    private readonly sockets: WebSocketServer,
  ) {
    server.on('request', (request, response) => this.serve(request, response));
    server.on('upgrade', (request, socket, head) => {
      sockets.handleUpgrade(request, socket, head, (webSocket) => this.admit(webSocket));
    });
  }

  static async start(): Promise<TestHub> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TestHub(server, new WebSocketServer({ noServer: true }));
  }

  get httpUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get socketUrl(): string {
    return `${this.httpUrl.replace('http', 'ws')}/ws/spoke`;
  }

  /** Keeps a chart archive; answers its SHA-256. */
  addChart(bytes: Uint8Array): string {
    const sha256 = sha256Hex(bytes);
    this.charts.set(sha256, bytes);
    return sha256;
  }

  offer(offer: HubPayload<'plan.offer'>): void {
    this.send('plan.offer', offer);
  }

  /** Says how far its audit trail reaches. */
  tellHead(head: HubPayload<'audit.head'>): void {
    this.send('audit.head', head);
  }

  /** Offers a plan and waits for the next verdict on it. */
  async carryOut(offer: HubPayload<'plan.offer'>): Promise<SpokePayload<'plan.result'>> {
    const before = this.frames.length;
    this.offer(offer);
    return this.eventually(() => {
      const told = this.frames
        .slice(before)
        .find((f) => f.t === 'plan.result' && f.p.planId === offer.planId);
      return told?.t === 'plan.result' ? told.p : undefined;
    });
  }

  async verdict(offer: HubPayload<'plan.offer'>): Promise<PlanVerdict> {
    return (await this.carryOut(offer)).result;
  }

  /** Asks after each message of the spoke, until the answer is not undefined. */
  async eventually<T>(probe: () => T | undefined): Promise<T> {
    for (;;) {
      const answer = probe();
      if (answer !== undefined) return answer;
      await new Promise<void>((resolve) => this.news.add(resolve));
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets.clients) socket.terminate();
    this.server.closeAllConnections();
    await once(this.server.close(), 'close');
  }

  private admit(socket: WebSocket): void {
    this.epoch += 1;
    this.socket = socket;
    const arriving = new Events<string>();
    socket.on('message', (data: Buffer) => arriving.push(data.toString()));
    void this.listen(arriving);
  }

  private async listen(arriving: Events<string>): Promise<void> {
    for (;;) {
      const frame = decodeSpokeFrame(await arriving.next());
      if (!frame.ok) throw new Error(frame.error.detail);
      this.take(frame.value);
    }
  }

  private take(frame: SpokeFrame): void {
    this.frames.push(frame);
    if (frame.t === 'hello') {
      this.send('welcome', {
        ...{ epoch: this.epoch, spoke: 'dev', environment: 'dev' },
        serverTime: new Date().toISOString(),
        heartbeatIntervalMs: 20_000,
      });
    }
    if (frame.t === 'state.full') this.keep(frame.p.releases);
    if (frame.t === 'state.delta') {
      this.keep(frame.p.changed);
      for (const { namespace, releaseName } of frame.p.removed) {
        this.releases.delete(`${namespace}/${releaseName}`);
      }
    }
    if ((DURABLE_MESSAGES as readonly string[]).includes(frame.t)) this.send('ack', {}, frame.id);
    const told = [...this.news];
    this.news.clear();
    for (const tell of told) tell();
  }

  private keep(reports: readonly ReleaseReport[]): void {
    for (const report of reports) {
      this.releases.set(`${report.namespace}/${report.releaseName}`, report);
    }
  }

  private send<T extends HubMessageType>(t: T, p: HubPayload<T>, re?: string): void {
    this.ids += 1;
    const head = { id: `hub-${this.ids}`, epoch: this.epoch, ts: new Date().toISOString() };
    this.socket?.send(encodeHubFrame(t, p, re === undefined ? head : { ...head, re }));
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    if (request.url === JOIN_PATH) {
      void this.join(request, response);
      return;
    }
    const known = [...this.charts].find(([sha256]) => request.url === chartPath(sha256));
    const admitted = this.admits(request.headers.authorization);
    response.statusCode = !admitted ? 401 : known === undefined ? 404 : 200;
    response.end(admitted ? known?.[1] : undefined);
  }

  /** Lets in whoever has the token, which is not used up. */
  private async join(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = JSON.parse(await text(request)) as JoinRequest;
    const isJoining = body.token === this.token && provesKey(body);
    if (isJoining) this.publicKey = body.publicKey;
    response.statusCode = isJoining ? 200 : 401;
    response.end(JSON.stringify({ spoke: 'dev', environment: 'dev', hub: 'hub', accepted: true }));
  }

  private admits(authorization = ''): boolean {
    if (authorization === `Bearer ${this.token}`) return true;
    const shown = readSessionToken(authorization.replace('Bearer ', ''));
    return shown.ok && shown.value.isSignedBy(this.publicKey);
  }
}
