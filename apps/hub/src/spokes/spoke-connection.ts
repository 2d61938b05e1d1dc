import {
  type AuthenticatedSpoke,
  closeSession,
  type KeySetRecord,
  type OutboxMessage,
  type SpokeSession,
} from '@apollo-deploy/orchestration';
import {
  CLOSE_CODES,
  decodeSpokeFrame,
  type FrameRefusal,
  HEARTBEAT_INTERVAL_MS,
  type HubPayload,
  SILENCE_LIMIT_MS,
  type SpokeFrame,
} from '@apollo-deploy/protocol';
import { cleanFrame } from './clean-frame.js';
import type { EventLog } from './event-log.js';
import { BUG, type CloseReason, fitCloseFrame, OVERLOADED, protocolError } from './close-reason.js';
import type { ConnectionServices } from './connection-services.js';
import { type Commit, committing, isRetryable } from './commit-retry.js';
import { FrameQueue } from './frame-queue.js';
import { FrameSender } from './frame-sender.js';
import { type FrameSocket, textOf } from './frame-socket.js';
import { type Greeting, greetSpoke } from './greet-spoke.js';
import { OutboxMail } from './outbox-mail.js';
import { PingLimit, TOO_MANY_PINGS } from './ping-limit.js';
import { type FrameAnswer, SessionFrames } from './session-frames.js';
import type { SessionConnection } from './session-registry.js';

const HELLO_WITHIN_MS = 5000;
/** A peer that does not answer the close frame is cut off after this long. */
const CLOSE_WITHIN_MS = 5000;
/**
 * A spoke that hears nothing for 45 s gives up, and so would one that takes longer than that to send a
 * large frame: its heartbeats wait behind it. It is told that its bytes come.
 */
const SPEAK_AFTER_MS = 30_000;
/** A spoke that sends what nobody knows fills no log: it says so of each kind once, and not of all. */
const MOST_REFUSALS_LOGGED = 20;
/** Spokes of a replica that stops come back spread over this window. */
const RECONNECT_WINDOW_MS = 5000;

/**
 * One connection of a spoke that has shown its token: hello, then frames one at a time in order, each
 * durable one acknowledged after its commit, until either side ends it. Never throws.
 */
export class SpokeConnection implements SessionConnection {
  readonly closed: Promise<void>;
  private settleClosed: () => void = () => undefined;
  private readonly log: EventLog;
  private readonly queue: FrameQueue;
  private readonly sender: FrameSender;
  private readonly mail: OutboxMail;
  private readonly pings: PingLimit;
  /** Why frames were refused so far; so often it is logged. */
  private readonly refusals = new Set<string>();
  private readonly commit: Commit;
  private session: SpokeSession | undefined;
  private frames: SessionFrames | undefined;
  /** Version of the newest key set that the spoke knows or was sent; absent: it goes by none. */
  toldKeySet: number | undefined;
  keepsAuditHeads = false;
  /** When the spoke was last heard over this connection. */
  private heardAt: string | undefined;
  private blind = false;
  /** A close frame was sent, or the socket is gone: nothing is handled or sent any more. */
  private ending = false;
  private cancelWatch: () => void = () => undefined;
  private cancelClose: () => void = () => undefined;

  constructor(
    private readonly socket: FrameSocket,
    private readonly admitted: AuthenticatedSpoke,
    private readonly services: ConnectionServices,
  ) {
    const { context, timer, log } = services;
    this.log = log;
    this.closed = new Promise((resolve) => (this.settleClosed = resolve));
    this.queue = new FrameQueue(socket, (text) => this.handle(text));
    const wake = (): void => {
      services.wakeDelivery(this.spoke);
    };
    this.sender = new FrameSender({
      socket,
      clock: context.clock,
      ids: context.ids,
      timer,
      onStuck: (reason) => {
        this.terminate(reason);
      },
      onRoom: wake,
    });
    this.mail = new OutboxMail(this.sender, wake);
    this.pings = new PingLimit(context.clock);
    this.commit = committing(timer);
    this.listen();
    this.cancelWatch = timer.after(HELLO_WITHIN_MS, () => {
      this.end(protocolError(`no hello came within ${HELLO_WITHIN_MS / 1000} s`));
    });
  }

  get spoke(): string {
    return this.admitted.spoke;
  }

  /** 0 before the session is open. */
  get epoch(): number {
    return this.session?.epoch ?? 0;
  }

  known(): readonly string[] {
    return this.mail.known();
  }

  deliver(pending: readonly OutboxMessage[], known: readonly string[]): void {
    if (!this.ending && !this.queue.closed) this.mail.send(pending, known);
  }

  sendKeySets(sets: readonly KeySetRecord[]): void {
    for (const { version, envelope } of sets) {
      if (this.toldKeySet === undefined || version <= this.toldKeySet) continue;
      this.toldKeySet = version;
      // Checked where it was added.
      const keySet = envelope as unknown as HubPayload<'credential.keys'>['keySet'];
      this.sender.send('credential.keys', { keySet });
    }
  }

  sendAuditHead(head: HubPayload<'audit.head'>): void {
    this.sender.send('audit.head', head);
  }

  end({ code, reason }: CloseReason): void {
    if (this.ending) return;
    this.ending = true;
    this.log.log({ msg: 'closing the connection of a spoke', ...this.who(), code, reason });
    this.retire();
    this.socket.close(code, fitCloseFrame(reason));
    this.cancelClose = this.services.timer.after(CLOSE_WITHIN_MS, () => {
      this.socket.terminate();
    });
  }

  terminate(reason: string): void {
    this.ending = true;
    this.log.warn({ msg: 'cutting the connection of a spoke', ...this.who(), reason });
    this.retire();
    this.socket.terminate();
  }

  async drain(reason: string): Promise<void> {
    this.queue.close();
    await this.queue.settled();
    if (this.ending) return;
    const reconnectInMs = Math.round(this.services.random() * RECONNECT_WINDOW_MS);
    if (this.session !== undefined) this.sender.send('drain', { reconnectInMs });
    this.end({ code: CLOSE_CODES.restart, reason });
  }

  /**
   * Bytes of the spoke have come: it is there, even if they are not a frame yet, as a large one may
   * take minutes. Before the hello has come, its deadline stands.
   */
  hear(): void {
    if (this.ending || (this.session === undefined && !this.queue.busy)) return;
    if (this.frames !== undefined && this.sender.quietMs >= SPEAK_AFTER_MS) this.sayTime();
    this.cancelWatch();
    this.cancelWatch = this.services.timer.after(SILENCE_LIMIT_MS, () => {
      // While frames wait here the socket may not even be read: that is not the spoke's silence.
      if (this.queue.busy) this.hear();
      else this.terminate(`nothing was heard for ${SILENCE_LIMIT_MS / 1000} s`);
    });
  }

  private listen(): void {
    const { socket } = this;
    socket.on('message', (data, isBinary) => {
      this.receive(isBinary ? undefined : textOf(data));
    });
    for (const event of ['ping', 'pong'] as const) {
      socket.on(event, () => {
        if (!this.pings.take()) this.end(TOO_MANY_PINGS);
      });
    }
    socket.on('error', (error) => {
      this.log.warn({ msg: 'the connection of a spoke failed', ...this.who(), err: error });
    });
    socket.on('close', (code) => {
      void this.leave(code);
    });
  }

  private sayTime(): void {
    this.sender.send('heartbeat', { serverTime: this.services.context.clock.now().toISOString() });
  }

  private receive(text: string | undefined): void {
    if (this.ending) return;
    this.hear();
    if (text === undefined) this.end(protocolError('frames are text, never binary'));
    else this.queue.push(text);
  }

  private async handle(text: string): Promise<void> {
    try {
      await this.step(text);
    } catch (error) {
      const outage = isRetryable(error);
      const msg = outage ? 'a frame could not be stored' : 'a frame met a bug of the hub';
      this.log.error({ msg, ...this.who(), err: error });
      this.end(outage ? OVERLOADED : BUG);
    }
  }

  private async step(text: string): Promise<void> {
    const frame = decodeSpokeFrame(cleanFrame(text));
    if (!frame.ok) this.refuse(frame.error);
    else if (this.frames === undefined) await this.greet(frame.value);
    else if (frame.value.epoch !== this.epoch) {
      this.end(protocolError(`this session's epoch is ${this.epoch}, not ${frame.value.epoch}`));
    } else {
      // A spoke that cannot see its cluster confirms nothing, whatever else it says until it can.
      if (frame.value.t === 'heartbeat') this.blind = frame.value.p.blind === true;
      if (!this.blind) this.noteHeard();
      this.answer(frame.value, await this.frames.answer(frame.value, text.length));
    }
  }

  private refuse({ code, detail, critical, id }: FrameRefusal): void {
    if (!this.refusals.has(detail) && this.refusals.size < MOST_REFUSALS_LOGGED) {
      this.refusals.add(detail);
      this.log.warn({ msg: 'a frame of a spoke was refused', ...this.who(), code, detail });
    }
    this.sender.send('error', { code: `frame/${code}`, message: detail.slice(0, 2048) }, re(id));
    if (critical || this.frames === undefined) {
      this.end(
        code === 'version'
          ? { code: CLOSE_CODES.unsupportedVersion, reason: detail }
          : protocolError(detail),
      );
    }
  }

  private async greet(frame: SpokeFrame): Promise<void> {
    const { context } = this.services;
    const greeted = await greetSpoke({ context, commit: this.commit }, this.admitted, frame);
    if (greeted.ok) this.begin(greeted.value, frame.id);
    else this.end(greeted.error);
  }

  private begin(greeting: Greeting, helloId: string): void {
    const { session, keySets } = greeting;
    // What is in the outbox may have failed without this hub: the ledger of its cluster says so first.
    if (greeting.tellsLedger) this.mail.hold();
    this.keepsAuditHeads = greeting.keepsAuditHeads;
    this.toldKeySet = greeting.toldKeySet;
    const { context, sessions, wakeDelivery } = this.services;
    this.session = session;
    if (this.ending) return;
    this.frames = new SessionFrames(context, session, this.commit);
    this.sender.epoch = session.epoch;
    this.sender.send(
      'welcome',
      {
        epoch: session.epoch,
        spoke: session.spoke,
        environment: session.environment,
        serverTime: context.clock.now().toISOString(),
        heartbeatIntervalMs: HEARTBEAT_INTERVAL_MS,
        learns: true,
      },
      { re: helloId },
    );
    // Before any offer: that is signed by the newest keys.
    this.sendKeySets(keySets);
    this.log.log({ msg: 'a spoke has connected', ...this.who() });
    this.hear();
    sessions.admit(this);
    this.noteHeard();
    wakeDelivery(this.spoke);
  }

  /** A frame was heard, which confirms what the spoke has reported. */
  private noteHeard(): void {
    const { context, heard } = this.services;
    this.heardAt = context.clock.now().toISOString();
    heard(this.spoke);
  }

  private answer(frame: SpokeFrame, answer: FrameAnswer): void {
    if (this.ending) return;
    const { acknowledge, heartbeat, requestState, done, end } = answer;
    if (acknowledge === true) this.sender.send('ack', {}, re(frame.id));
    if (heartbeat !== undefined) this.sender.send('heartbeat', heartbeat, re(frame.id));
    if (requestState === true) this.sender.send('state.request', {});
    if (frame.t === 'plan.verdicts') this.mail.open();
    if (done !== undefined) this.mail.acknowledge(done);
    if (end !== undefined) this.end(end);
  }

  private who(): { readonly spoke: string; readonly epoch: number } {
    return { spoke: this.spoke, epoch: this.epoch };
  }

  /** Nothing is taken or sent any more, and nothing is waited for. */
  private retire(): void {
    this.cancelWatch();
    this.queue.close();
    this.sender.close();
    this.services.sessions.leave(this);
  }

  /** The socket is gone. Tells the store once the frame in hand is done. */
  private async leave(code: number): Promise<void> {
    this.ending = true;
    this.retire();
    this.cancelClose();
    await this.queue.settled();
    if (this.session !== undefined) await this.tellStore(this.session);
    this.log.log({ msg: 'the connection of a spoke is closed', ...this.who(), code });
    this.settleClosed();
  }

  private async tellStore(session: SpokeSession): Promise<void> {
    try {
      await this.commit(() => closeSession(this.services.context, session, this.heardAt));
    } catch (error) {
      this.log.error({
        msg: 'the store was not told that a spoke has left; its silence will say so',
        ...this.who(),
        err: error,
      });
    }
  }
}

function re(id: string | undefined): { readonly re?: string } {
  return id === undefined ? {} : { re: id };
}
