import { EventEmitter } from 'node:events';
import { decodeHubFrame, type HubFrame } from '@apollo-deploy/protocol';
import type { FrameSocket } from '../../spokes/frame-socket.js';

/** How a socket ended: the close code, or `cut` where it was terminated. */
export type SocketEnd = { readonly code: number; readonly reason: string } | 'cut';

/** One end of a connection in memory: what the hub does to it is recorded, what a spoke does is said. */
export class FakeSocket implements FrameSocket {
  bufferedAmount = 0;
  reading = true;
  /** Set to keep what is sent from being taken by the kernel. */
  stuck = false;
  readonly sent: HubFrame[] = [];
  readonly ended: Promise<SocketEnd>;
  private settleEnded: (end: SocketEnd) => void = () => undefined;
  private over = false;
  private readonly events = new EventEmitter();
  private taken = 0;
  private onSent: () => void = () => undefined;

  constructor() {
    this.ended = new Promise((resolve) => (this.settleEnded = resolve));
  }

  on(event: string, listener: (...args: never[]) => void): this {
    this.events.on(event, listener as (...args: unknown[]) => void);
    return this;
  }

  send(text: string, written: (error?: Error | null) => void): void {
    const frame = decodeHubFrame(text);
    if (!frame.ok) throw new Error(`the hub sent what cannot be read: ${frame.error.detail}`);
    this.sent.push(frame.value);
    if (this.stuck) this.bufferedAmount += text.length;
    else written();
    this.onSent();
  }

  close(code: number, reason: string): void {
    this.finish({ code, reason });
  }

  terminate(): void {
    this.finish('cut');
  }

  pause(): void {
    this.reading = false;
  }

  resume(): void {
    this.reading = true;
  }

  /** The spoke sends this text. */
  say(text: string, isBinary = false): void {
    this.events.emit('message', Buffer.from(text), isBinary);
  }

  /** The spoke sends a ping or a pong. */
  control(type: 'ping' | 'pong' = 'ping'): void {
    this.events.emit(type, Buffer.alloc(0));
  }

  /** Resolves once the connection has ended: with its close code, or `cut`. */
  async endCode(): Promise<number | 'cut'> {
    const end = await this.ended;
    return end === 'cut' ? 'cut' : end.code;
  }

  /** The connection breaks. */
  break(): void {
    this.finish({ code: 1006, reason: '' });
  }

  /** The next frame of this type that was not asked for before; those before it are passed over. */
  async next<T extends HubFrame['t']>(type: T): Promise<Extract<HubFrame, { t: T }>> {
    for (;;) {
      const at = this.sent.findIndex(({ t }, index) => index >= this.taken && t === type);
      if (at >= 0) {
        this.taken = at + 1;
        return this.sent[at] as Extract<HubFrame, { t: T }>;
      }
      await new Promise<void>((resolve) => (this.onSent = resolve));
    }
  }

  private finish(end: SocketEnd): void {
    if (this.over) return;
    this.over = true;
    this.settleEnded(end);
    const code = end === 'cut' ? 1006 : end.code;
    queueMicrotask(() => this.events.emit('close', code, new Uint8Array()));
  }
}
