import {
  CLOSE_CODES,
  type FrameHead,
  HEARTBEAT_INTERVAL_MS,
  type HubFrame,
  type HubPayload,
  type SpokeMessageType,
  type SpokePayload,
} from '@apollo-deploy/protocol';
import type { Timer } from '@apollo-deploy/kube';
import type { Logger } from 'pino';
import type { Clock } from '../clock.js';
import { adviceFor } from './advice.js';
import type { Credentials } from './credentials.js';
import { HubConnection } from './hub-connection.js';
import type { HubLinkListener } from './hub-link-listener.js';
import { Outbox, type Delivery, type DurableType } from './outbox.js';
import { reconnectDelay, type ConnectionEnd } from './reconnect-delay.js';

/** Messages of the spoke that are lost where there is no connection: the newest one counts. */
export type LossyType = Exclude<SpokeMessageType, DurableType | 'hello' | 'ack'>;
export interface HubLinkOptions {
  /** `ws:` or `wss:` address of the spoke socket. */
  readonly url: string;
  readonly credentials: Pick<Credentials, 'token' | 'refused'>;
  readonly hello: () => SpokePayload<'hello'>;
  readonly heartbeat: () => SpokePayload<'heartbeat'>;
  readonly clock: Clock;
  readonly timer: Timer;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
  readonly newId: () => string;
  readonly log: Logger;
}

/** However rarely a hub asks for heartbeats: with a quarter more it still hears them within 45 s. */
const RAREST_HEARTBEAT_MS = 30_000;
/** However late a hub asks to be dialled again. */
const LATEST_RETURN_MS = 10 * 60_000;
/** A connection that lasted this long has healed the failures before it. */
const HEALTHY_AFTER_MS = 60_000;

/**
 * The spoke's only way to the hub: dials, says hello, and dials again for as long as it runs. Durable
 * messages are kept until acknowledged and sent again after every reconnect, in order.
 */
export class HubLink {
  private readonly outbox = new Outbox();
  private connection: HubConnection | null = null;
  private listener: HubLinkListener | null = null;
  /** 0 while no session is open. */
  private epoch = 0;
  private failures = 0;
  private welcomedAt: Date | null = null;
  /** When the hub that is going away asked to be dialled again, in milliseconds since the epoch. */
  private returnAt: number | null = null;
  private closing = false;
  private heartbeatMs = HEARTBEAT_INTERVAL_MS;
  private cancelAttempt: () => void = () => undefined;
  private cancelHeartbeat: () => void = () => undefined;
  private cancelDrain: () => void = () => undefined;
  private readonly ended: Promise<void>;
  private settleEnded: () => void = () => undefined;

  constructor(private readonly options: HubLinkOptions) {
    this.ended = new Promise((resolve) => (this.settleEnded = resolve));
  }

  /** Dials within a second, at a moment chosen by chance so that a fleet does not dial at once. */
  start(listener: HubLinkListener): void {
    this.listener = listener;
    this.dialAfter(reconnectDelay(0, null, this.options.random()));
  }

  /** Resolves when the hub has committed the message, or when a newer one with the key replaced it. */
  post<T extends DurableType>(type: T, payload: SpokePayload<T>, key: string): Promise<Delivery> {
    const delivery = this.outbox.add({ id: this.options.newId(), type, payload }, key);
    this.pump();
    return delivery;
  }

  /** Sent if a session is open, else forgotten. */
  say<T extends LossyType>(type: T, payload: SpokePayload<T>): void {
    if (this.epoch > 0) this.transmit(type, payload);
  }

  /** Forgets waiting messages of these types: something newer is going to say it all. */
  discard(types: readonly DurableType[]): void {
    this.outbox.discardTypes(types);
  }

  /** True while a session is open. */
  get connected(): boolean {
    return this.epoch > 0;
  }

  /** Ends the connection in order, if there is one, and dials at once. */
  dialAnew(): void {
    if (this.connection !== null) this.drain(0);
  }

  /** Ends the connection in order (1001) and dials no more. */
  async close(): Promise<void> {
    this.closing = true;
    this.cancelAttempt();
    this.cancelDrain();
    if (this.connection === null) return;
    this.connection.close(CLOSE_CODES.goingAway, 'the spoke is stopping');
    await this.ended;
  }

  private dialAfter(delayMs: number): void {
    this.cancelAttempt = this.options.timer.after(delayMs, () => void this.dial());
  }

  private async dial(): Promise<void> {
    const { url, timer, clock, log } = this.options;
    const token = await this.signToken();
    if (this.closing) return;
    if (token === null) return this.retry({ code: null, reason: 'there is no token to dial with' });
    this.connection = new HubConnection({
      url,
      token,
      timer,
      clock,
      onOpen: () => this.transmit('hello', this.options.hello()),
      onFrame: (frame) => this.take(frame),
      onRoom: () => this.pump(),
      onIgnored: (detail) => log.warn({ detail }, 'a frame of the hub was ignored'),
      onEnd: (end) => this.lose(end),
    });
  }

  private async signToken(): Promise<string | null> {
    try {
      return await this.options.credentials.token();
    } catch (error) {
      this.options.log.error({ err: error }, 'there is no token to dial with');
      return null;
    }
  }

  private take(frame: HubFrame): void {
    if (frame.t === 'error') {
      this.options.log.error({ error: frame.p }, 'the hub reported an error');
    } else if (frame.t === 'welcome') {
      if (this.epoch === 0) this.welcome(frame.p);
      else this.refuse('welcome came twice');
    } else if (this.epoch === 0) {
      this.refuse(`${frame.t} came before the welcome`);
    } else if (frame.epoch !== this.epoch) {
      this.refuse(`this session's epoch is ${this.epoch}, not ${frame.epoch}`);
    } else {
      this.takeInSession(frame);
    }
  }

  private refuse(reason: string): void {
    this.connection?.close(CLOSE_CODES.protocolError, reason);
  }

  private takeInSession(frame: Exclude<HubFrame, { t: 'welcome' | 'error' }>): void {
    switch (frame.t) {
      case 'plan.offer':
      case 'plan.cancel':
      case 'state.request':
      case 'credential.keys':
      case 'audit.head':
        return this.listener?.onOrder(frame, this.acknowledger(frame.id));
      case 'ack':
        if (frame.re !== undefined && this.outbox.acknowledge(frame.re)) this.pump();
        return;
      case 'drain':
        return this.drain(frame.p.reconnectInMs);
      case 'heartbeat':
        return;
    }
  }

  private welcome(welcome: HubPayload<'welcome'>): void {
    const { log, clock } = this.options;
    this.epoch = welcome.epoch;
    this.welcomedAt = clock.now();
    this.heartbeatMs = Math.min(welcome.heartbeatIntervalMs, RAREST_HEARTBEAT_MS);
    const difference = clock.now().getTime() - Date.parse(welcome.serverTime);
    // A time that cannot be read says nothing against this clock.
    const aheadMs = Number.isNaN(difference) ? 0 : difference;
    log.info({ epoch: welcome.epoch, spoke: welcome.spoke, aheadMs }, 'connected to the hub');
    this.outbox.reopen();
    this.listener?.onWelcome(welcome, aheadMs);
    this.pump();
    this.scheduleHeartbeat();
  }

  /** An acknowledgement is worth something only to the session that brought the message. */
  private acknowledger(id: string): () => void {
    const epoch = this.epoch;
    return () => {
      if (this.epoch === epoch) this.transmit('ack', {}, id);
    };
  }

  private pump(): void {
    while (this.epoch > 0 && this.connection?.congested === false) {
      const [next] = this.outbox.take(1);
      if (next === undefined) return;
      this.connection.send(next.type, next.payload, this.head(next.id));
    }
  }

  private transmit<T extends SpokeMessageType>(
    type: T,
    payload: SpokePayload<T>,
    re?: string,
  ): void {
    this.connection?.send(type, payload, this.head(this.options.newId(), re));
  }

  private head(id: string, re?: string): FrameHead {
    const ts = this.options.clock.now().toISOString();
    return { id, epoch: this.epoch, ts, ...(re !== undefined && { re }) };
  }

  /** Says now what else the next heartbeat says. Before the welcome it says nothing. */
  beat(): void {
    if (!this.connected) return;
    this.say('heartbeat', this.options.heartbeat());
    this.scheduleHeartbeat();
  }

  private scheduleHeartbeat(): void {
    const { timer, random } = this.options;
    this.cancelHeartbeat();
    this.cancelHeartbeat = timer.after(this.heartbeatMs * (0.75 + random() / 2), () => {
      this.beat();
    });
  }

  private drain(reconnectInMs: number): void {
    this.options.log.info({ reconnectInMs }, 'the hub is going away; reconnecting');
    const inMs = Math.min(reconnectInMs, LATEST_RETURN_MS);
    this.returnAt = this.options.clock.now().getTime() + inMs;
    this.cancelDrain();
    this.cancelDrain = this.options.timer.after(inMs, () => {
      this.connection?.close(CLOSE_CODES.goingAway, 'drained');
    });
  }

  private lose(end: ConnectionEnd): void {
    const healthy =
      this.welcomedAt !== null &&
      this.options.clock.now().getTime() - this.welcomedAt.getTime() >= HEALTHY_AFTER_MS;
    if (healthy) this.failures = 0;
    this.connection = null;
    this.epoch = 0;
    this.welcomedAt = null;
    this.cancelHeartbeat();
    this.cancelDrain();
    if (this.closing) return this.settleEnded();
    if (this.returnAt === null) return this.retry(end);
    // The hub spreads its spokes over the time it needs; coming back then is no failure.
    const delayMs = Math.max(0, this.returnAt - this.options.clock.now().getTime());
    this.returnAt = null;
    this.dialAgain(end, delayMs);
  }

  private retry(end: ConnectionEnd): void {
    const { credentials, random } = this.options;
    const isRefusal = end.refusal !== undefined && end.code === CLOSE_CODES.unauthenticated;
    const mayHelp = isRefusal && credentials.refused(end.refusal);
    const delayMs = Math.round(reconnectDelay(this.failures, mayHelp ? null : end, random()));
    this.failures += 1;
    this.dialAgain(end, delayMs);
  }

  private dialAgain(end: ConnectionEnd, delayMs: number): void {
    const { log } = this.options;
    log.warn({ code: end.code, reason: end.reason, delayMs }, adviceFor(end.code));
    this.dialAfter(delayMs);
  }
}
