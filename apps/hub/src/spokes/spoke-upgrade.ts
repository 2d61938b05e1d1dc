import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Refusal } from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import {
  type AuthenticatedSpoke,
  type Context,
  StoreUnavailable,
} from '@apollo-deploy/orchestration';
import {
  MAX_FRAME_BYTES,
  MAX_FRAME_PIECES,
  SPOKE_SOCKET_PATH,
  SPOKE_SUBPROTOCOL,
} from '@apollo-deploy/protocol';
import { type WebSocket, WebSocketServer } from 'ws';
import type { RequestLimits } from '../limits/request-limits.js';
import { problemOf } from '../http/problem.js';
import { spokeOf } from '../http/spoke-credential.js';
import { writeProblem } from '../http/write-problem.js';
import type { EventLog } from './event-log.js';
import type { SessionRegistry } from './session-registry.js';
import type { Timer } from './timer.js';
import { type UpgradeProblemCode, upgradeProblem } from './upgrade-problem.js';

/** A token must be checked within this many milliseconds. */
const HANDSHAKE_LIMIT_MS = 5000;
/** So many tokens at most are being checked at once. */
const HANDSHAKES_AT_ONCE = 64;
/** Who is sent away is asked to come back within this window, in seconds. */
const RETRY_WINDOW_SECONDS = 10;

/** The spoke that a socket belongs to; known before the socket is open. */
export interface AdmittedSpoke extends AuthenticatedSpoke {
  /** What the socket runs on; its `data` events tell of bytes that are not a frame yet. */
  readonly wire: Duplex;
}

export interface SpokeUpgradeOptions {
  readonly context: Context;
  readonly sessions: Pick<SessionRegistry, 'closing'>;
  readonly limits: Pick<RequestLimits, 'handshake' | 'handshakeWasGood' | 'reconnect'>;
  /** Of every answer that is no 101. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timer: Timer;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: EventLog;
}

type Authentication = Result<AuthenticatedSpoke, Refusal> | UpgradeProblemCode;

/**
 * Turns an HTTP upgrade into a WebSocket, for spokes only. Path, origin, subprotocol and token are
 * checked before the 101: whoever is not a spoke never gets as far as a frame.
 */
export class SpokeUpgrade {
  /** The sockets that were opened: `connection` events carry the socket and its `AdmittedSpoke`. */
  readonly server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_FRAME_BYTES,
    maxFragments: MAX_FRAME_PIECES,
    perMessageDeflate: false,
    handleProtocols: () => SPOKE_SUBPROTOCOL,
  });
  private handshakes = 0;

  constructor(private readonly options: SpokeUpgradeOptions) {}

  /** For the `upgrade` event of an HTTP server. Never throws. */
  async handle(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { log, limits } = this.options;
    const onError = (error: Error): void => {
      log.warn({ msg: 'a spoke was lost while it connected', err: error });
    };
    socket.on('error', onError);
    const problem = this.objection(request);
    if (problem !== undefined) {
      this.refuse(socket, problem);
      return;
    }
    const waitSeconds = limits.handshake(request);
    if (waitSeconds > 0) {
      this.refuse(socket, 'socket/too_many', waitSeconds);
      return;
    }
    const admitted = await this.authenticateInTime(request.headers.authorization);
    if (typeof admitted === 'string' || admitted.ok) limits.handshakeWasGood(request);
    if (socket.destroyed) return;
    if (typeof admitted === 'string') this.refuse(socket, admitted);
    else if (!admitted.ok) this.refuseToken(socket, admitted.error);
    else if (this.isWelcome(socket, admitted.value)) {
      socket.off('error', onError);
      this.server.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
        this.server.emit('connection', webSocket, { ...admitted.value, wire: socket });
      });
    }
  }

  private isWelcome(socket: Duplex, { spoke }: AuthenticatedSpoke): boolean {
    const { limits, sessions } = this.options;
    const waitSeconds = limits.reconnect(spoke);
    if (sessions.closing) this.refuse(socket, 'socket/stopping');
    else if (waitSeconds > 0) this.refuse(socket, 'socket/too_many', waitSeconds);
    else return true;
    return false;
  }

  private objection({ url, headers }: IncomingMessage): UpgradeProblemCode | undefined {
    if (url?.split('?', 1)[0] !== SPOKE_SOCKET_PATH) return 'socket/unknown_path';
    if (headers.origin !== undefined) return 'socket/foreign_origin';
    const offered = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim());
    if (offered?.includes(SPOKE_SUBPROTOCOL) !== true) return 'socket/subprotocol';
    if (this.options.sessions.closing) return 'socket/stopping';
    return this.handshakes >= HANDSHAKES_AT_ONCE ? 'socket/busy' : undefined;
  }

  private authenticateInTime(authorization: string | undefined): Promise<Authentication> {
    return new Promise((resolve) => {
      const cancel = this.options.timer.after(HANDSHAKE_LIMIT_MS, () => {
        resolve('socket/unavailable');
      });
      void this.authenticate(authorization).then((answer) => {
        cancel();
        resolve(answer);
      });
    });
  }

  /** A check that takes too long still counts against the limit until it ends. */
  private async authenticate(authorization: string | undefined): Promise<Authentication> {
    this.handshakes += 1;
    try {
      return await spokeOf(this.options.context, authorization);
    } catch (error) {
      this.options.log.error({ msg: 'the token of a spoke could not be checked', err: error });
      return error instanceof StoreUnavailable ? 'socket/unavailable' : 'socket/internal';
    } finally {
      this.handshakes -= 1;
    }
  }

  /** Who is sent away for a while comes back after `seconds` and a bit, not all at once. */
  private refuse(socket: Duplex, code: UpgradeProblemCode, seconds = 1): void {
    const { context, random, headers } = this.options;
    const problem = upgradeProblem(code, context.ids.next());
    const retryAfter = String(seconds + Math.floor(random() * RETRY_WINDOW_SECONDS));
    writeProblem(socket, problem, {
      ...headers,
      ...((problem.status === 503 || problem.status === 429) && { 'Retry-After': retryAfter }),
      ...(problem.status === 426 && { Upgrade: 'websocket' }),
    });
  }

  private refuseToken(socket: Duplex, refusal: Refusal): void {
    const { context, headers } = this.options;
    const problem = problemOf(refusal.code, refusal, context.ids.next());
    writeProblem(socket, problem, {
      ...headers,
      // By it a spoke whose clock is wrong can sign a token for the time it is here.
      Date: context.clock.now().toUTCString(),
      ...(problem.status === 401 && { 'WWW-Authenticate': 'Bearer' }),
    });
  }
}
