import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { Frame, Step } from './transcript.js';

/** Stands between a spoke and a hub, passes every frame on, and writes down what it sees. */
export class RecordingRelay {
  readonly steps: Step[] = [];
  /** The connection breaks instead of passing on the first frame of the hub that this is true of. */
  loses: ((frame: Frame) => boolean) | undefined;
  private readonly sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  private readonly server: Server = createServer();
  private dialled = 0;
  private onStep: () => void = () => undefined;

  private constructor(private target: number) {
    this.server.on('upgrade', (request, socket, head) => {
      this.sockets.handleUpgrade(request, socket, head, (spoke) => this.relay(spoke, request));
    });
  }

  static async start(target: number): Promise<RecordingRelay> {
    const relay = new RecordingRelay(target);
    relay.server.listen(0, '127.0.0.1');
    await once(relay.server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  leadTo(target: number): void {
    this.target = target;
  }

  /** Notes what is done besides the conversation. */
  act(act: string): void {
    this.note({ act });
  }

  /** The first step this is true of, from `from` on; waits for it. */
  async until(matches: (step: Step) => boolean, from = 0): Promise<Step> {
    for (;;) {
      const found = this.steps.slice(from).find(matches);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (this.onStep = resolve));
    }
  }

  /** Resolves when the spoke has taken everything that was passed on to it so far. */
  async delivered(): Promise<void> {
    for (const socket of this.sockets.clients) {
      socket.ping();
      await once(socket, 'pong');
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets.clients) socket.terminate();
    this.server.closeAllConnections();
    await once(this.server.close(), 'close');
  }

  private relay(spoke: WebSocket, { headers }: IncomingMessage): void {
    this.note({ dials: (this.dialled += 1) });
    const { authorization = '' } = headers;
    const hub = new WebSocket(`ws://127.0.0.1:${String(this.target)}/ws/spoke`, 'apollo.v1', {
      headers: { authorization },
    });
    const opened = once(hub, 'open');
    let over = false;
    const closed = (by: 'spoke' | 'hub' | 'network', code: number): void => {
      if (!over) this.note({ closed: { by, code } });
      over = true;
    };
    spoke.on('message', (data: Buffer) => {
      this.note({ spoke: JSON.parse(data.toString()) as Frame });
      void opened.then(() => hub.send(data.toString()));
    });
    hub.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Frame;
      if (this.loses?.(frame) === true) {
        this.loses = undefined;
        closed('network', 1006);
        spoke.terminate();
        hub.terminate();
        return;
      }
      this.note({ hub: frame });
      spoke.send(data.toString());
    });
    spoke.on('close', (code) => {
      closed('spoke', code);
      hub.close(code === 1006 ? undefined : code);
    });
    hub.on('close', (code) => {
      closed('hub', code);
      spoke.close(code === 1006 ? undefined : code);
    });
  }

  private note(step: Step): void {
    this.steps.push(step);
    this.onStep();
  }
}
