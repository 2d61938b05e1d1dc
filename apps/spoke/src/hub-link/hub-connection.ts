import type { IncomingMessage } from 'node:http';
import {
  CLOSE_CODES,
  decodeHubFrame,
  encodeSpokeFrame,
  type FrameHead,
  type HubFrame,
  MAX_FRAME_BYTES,
  MAX_FRAME_PIECES,
  SILENCE_LIMIT_MS,
  SPOKE_SUBPROTOCOL,
  type SpokeMessageType,
  type SpokePayload,
} from '@apollo-deploy/protocol';
import type { Timer } from '@apollo-deploy/kube';
import { WebSocket, type RawData } from 'ws';
import type { Clock } from '../clock.js';
import { readBody } from './read-body.js';
import { refusedUpgrade, type ConnectionEnd } from './reconnect-delay.js';
import { SendWatch } from './send-watch.js';

export interface HubConnectionOptions {
  readonly url: string;
  readonly token: string;
  readonly timer: Timer;
  readonly clock: Clock;
  readonly onOpen: () => void;
  /** Called for one frame after the other; the next waits for the promise. */
  readonly onFrame: (frame: HubFrame) => void | Promise<void>;
  /** There is room again for what `congested` held back. */
  readonly onRoom: () => void;
  /** A frame that may be ignored was. */
  readonly onIgnored: (detail: string) => void;
  /** Called exactly once, last. */
  readonly onEnd: (end: ConnectionEnd) => void;
}

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** The socket is not read while this many frames wait to be handled. */
const QUEUE_LIMIT = 64;

/** One WebSocket to the hub, from the upgrade to its end: frames in order, silence noticed. */
export class HubConnection {
  private readonly socket: WebSocket;
  private readonly sending: SendWatch;
  private readonly queue: HubFrame[] = [];
  private handling = false;
  /** A close frame was sent: nothing of the hub is handled any more. */
  private closing = false;
  private ended = false;
  private failure: string | null = null;
  private cancelWatchdog: () => void = () => undefined;

  constructor(private readonly options: HubConnectionOptions) {
    this.socket = new WebSocket(options.url, SPOKE_SUBPROTOCOL, {
      headers: { authorization: `Bearer ${options.token}` },
      perMessageDeflate: false,
      maxPayload: MAX_FRAME_BYTES,
      maxFragments: MAX_FRAME_PIECES,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      followRedirects: false,
    });
    this.sending = new SendWatch({
      unsentBytes: () => this.socket.bufferedAmount,
      onRoom: options.onRoom,
      onStuck: (reason) => this.giveUp(reason),
    });
    this.listen();
    this.heard();
  }

  send<T extends SpokeMessageType>(type: T, payload: SpokePayload<T>, head: FrameHead): void {
    if (this.ended || this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.send(encodeSpokeFrame(type, payload, head), (error) => this.sending.written(error));
    this.sending.sent();
  }

  /** True while the hub reads too slowly to be given more of what can wait. */
  get congested(): boolean {
    return this.sending.congested();
  }

  /** Says goodbye; `onEnd` follows. A hub that does not answer is cut off by the silence limit. */
  close(code: number, reason: string): void {
    this.closing = true;
    // A reason of more than 123 bytes does not fit a close frame.
    if (!this.ended) this.socket.close(code, Buffer.from(reason).subarray(0, 123).toString());
  }

  private listen(): void {
    const { socket } = this;
    let wire: IncomingMessage['socket'] | undefined;
    socket.on('upgrade', (response) => {
      wire = response.socket;
    });
    socket.on('open', () => {
      // Bytes that are not a frame yet: a large one may take minutes.
      wire?.on('data', () => this.heard());
      this.options.onOpen();
    });
    socket.on('message', (data, isBinary) => this.receive(data, isBinary));
    socket.on('unexpected-response', (request, response) => {
      void this.refused(response).finally(() => request.destroy());
    });
    socket.on('error', (error) => {
      this.failure = error.message;
    });
    socket.on('close', (code, reason) => {
      const said = reason.toString();
      this.end({ code, reason: said !== '' ? said : (this.failure ?? `close code ${code}`) });
    });
  }

  private async refused(response: IncomingMessage): Promise<void> {
    const { timer, clock } = this.options;
    const { statusCode: status = 0, headers } = response;
    const body = await readBody(response, timer);
    this.end(refusedUpgrade({ status, headers, body }, clock.now()));
  }

  private receive(data: RawData, isBinary: boolean): void {
    if (this.closing) return;
    const frame = decodeHubFrame(isBinary ? '' : textOf(data));
    if (frame.ok) {
      this.queue.push(frame.value);
      if (this.queue.length >= QUEUE_LIMIT) this.socket.pause();
      void this.handleQueue();
    } else if (frame.error.critical) {
      this.close(CLOSE_CODES.protocolError, frame.error.detail);
    } else {
      this.options.onIgnored(frame.error.detail);
    }
  }

  private async handleQueue(): Promise<void> {
    if (this.handling) return;
    this.handling = true;
    for (let frame = this.queue.shift(); frame !== undefined; frame = this.queue.shift()) {
      if (this.ended || this.closing) break;
      await this.options.onFrame(frame);
      if (this.queue.length === 0 && this.socket.isPaused) this.socket.resume();
    }
    this.handling = false;
  }

  private heard(): void {
    this.cancelWatchdog();
    if (this.ended) return;
    this.cancelWatchdog = this.options.timer.after(SILENCE_LIMIT_MS, () => {
      this.giveUp(`nothing was heard from the hub for ${SILENCE_LIMIT_MS / 1000} s`);
    });
  }

  private giveUp(reason: string): void {
    this.socket.terminate();
    this.end({ code: null, reason });
  }

  private end(end: ConnectionEnd): void {
    if (this.ended) return;
    this.ended = true;
    this.cancelWatchdog();
    this.sending.close();
    this.options.onEnd(end);
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (data instanceof ArrayBuffer ? Buffer.from(data) : data).toString('utf8');
}
