import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Frame } from './transcript.js';

/** One end of a connection that says what it is told to, and keeps what it hears by type. */
export class RecordedPeer {
  /** The close code. */
  readonly closed: Promise<number>;
  private readonly heard: Frame[] = [];
  private onFrame: () => void = () => undefined;

  constructor(private readonly socket: WebSocket) {
    this.closed = new Promise((resolve) => socket.on('close', (code: number) => resolve(code)));
    socket.on('message', (data: Buffer) => {
      this.heard.push(JSON.parse(data.toString()) as Frame);
      this.onFrame();
    });
  }

  /** Dials a hub as a spoke does. */
  static async dial(port: number, token: string): Promise<RecordedPeer> {
    const socket = new WebSocket(`ws://127.0.0.1:${String(port)}/ws/spoke`, 'apollo.v1', {
      headers: { authorization: `Bearer ${token}` },
    });
    const peer = new RecordedPeer(socket);
    await once(socket, 'open');
    return peer;
  }

  send(frame: Frame): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** The next frame of this type; waits for it. */
  async next(type: string): Promise<Frame> {
    for (;;) {
      const at = this.heard.findIndex(({ t }) => t === type);
      const [found] = at < 0 ? [] : this.heard.splice(at, 1);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (this.onFrame = resolve));
    }
  }

  /** The frames that nobody has asked for. */
  get waiting(): readonly Frame[] {
    return this.heard;
  }

  /** Closes with this code, or breaks the connection. */
  leave(code: number | null): void {
    if (code === null) this.socket.terminate();
    else this.socket.close(code);
  }
}
