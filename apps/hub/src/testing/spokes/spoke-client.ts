import {
  decodeHubFrame,
  encodeSpokeFrame,
  type HubFrame,
  SPOKE_SOCKET_PATH,
  SPOKE_SUBPROTOCOL,
  type SpokeMessageType,
  type SpokePayload,
} from '@apollo-deploy/protocol';
import { WebSocket } from 'ws';
import { HELLO } from './spoke-scene.js';
import type { TestCredential } from './test-credential.js';

/** A spoke on a real WebSocket, which does only what it is told to. */
export class SpokeClient {
  private now: () => Date = () => new Date();
  epoch = 0;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  private readonly frames: HubFrame[] = [];
  private taken = 0;
  private lastId = 0;
  private onChange: () => void = () => undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const frame = decodeHubFrame(data.toString('utf8'));
      if (!frame.ok) throw new Error(`the hub sent what cannot be read: ${frame.error.detail}`);
      this.frames.push(frame.value);
      this.onChange();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.onChange();
      });
    });
  }

  /** A connection that has not said hello. */
  static dial(
    port: number,
    credential: TestCredential,
    now: () => Date = () => new Date(),
    headers: Readonly<Record<string, string>> = {},
  ): Promise<SpokeClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${SPOKE_SOCKET_PATH}`, SPOKE_SUBPROTOCOL, {
      headers: { ...headers, authorization: `Bearer ${credential.token(now())}` },
    });
    const client = new SpokeClient(socket);
    return new Promise((resolve, reject) => {
      socket.on('open', () => {
        resolve(client);
      });
      socket.on('error', reject);
    });
  }

  /** A connection with an open session, of a spoke that tells this time. */
  static async connect(
    port: number,
    credential: TestCredential,
    now: () => Date = () => new Date(),
    headers: Readonly<Record<string, string>> = {},
  ): Promise<SpokeClient> {
    const client = await SpokeClient.dial(port, credential, now, headers);
    client.now = now;
    client.say('hello', { ...HELLO, clock: now().toISOString() });
    client.epoch = (await client.next('welcome')).p.epoch;
    return client;
  }

  /** Answers the id of the frame. */
  say<T extends SpokeMessageType>(type: T, payload: SpokePayload<T>, re?: string): string {
    this.lastId += 1;
    const id = `${type}-${String(this.lastId)}`;
    const head = { id, epoch: this.epoch, ts: this.now().toISOString() };
    this.socket.send(encodeSpokeFrame(type, payload, { ...head, ...(re !== undefined && { re }) }));
    return id;
  }

  /** The next frame of this type that was not asked for before; those before it are passed over. */
  async next<T extends HubFrame['t']>(type: T): Promise<Extract<HubFrame, { t: T }>> {
    for (;;) {
      const at = this.frames.findIndex(({ t }, index) => index >= this.taken && t === type);
      if (at >= 0) {
        this.taken = at + 1;
        return this.frames[at] as Extract<HubFrame, { t: T }>;
      }
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error(`no ${type} came any more`);
      await new Promise<void>((resolve) => (this.onChange = resolve));
    }
  }

  /** Every frame of this type so far. */
  all<T extends HubFrame['t']>(type: T): readonly Extract<HubFrame, { t: T }>[] {
    return this.frames.filter((frame): frame is Extract<HubFrame, { t: T }> => frame.t === type);
  }

  /** Resolves when everything said before has been handled. */
  async caughtUp(generation = 0): Promise<void> {
    const id = this.say('heartbeat', { running: [], generation });
    let answer = await this.next('heartbeat');
    while (answer.re !== id) answer = await this.next('heartbeat');
  }
}
