import type { Clock } from '@apollo-deploy/orchestration';
import { CLOSE_CODES } from '@apollo-deploy/protocol';
import type { CloseReason } from './close-reason.js';

const AT_ONCE = 20;
const A_SECOND = 2;

export const TOO_MANY_PINGS: CloseReason = {
  code: CLOSE_CODES.tooFast,
  reason: `more than ${A_SECOND} pings a second came; heartbeats are enough`,
};

/**
 * How many pings and pongs of one connection are borne: 20 at once, and 2 a second from then on. They
 * pass by the queue of frames, and each ping costs an answer. No agent sends any; a proxy may.
 */
export class PingLimit {
  private left = AT_ONCE;
  private countedAt: number;

  constructor(private readonly clock: Clock) {
    this.countedAt = clock.now().getTime();
  }

  /** One has come. False: it is one too many. */
  take(): boolean {
    const now = this.clock.now().getTime();
    const since = Math.max(0, now - this.countedAt) / 1000;
    this.left = Math.min(AT_ONCE, this.left + since * A_SECOND) - 1;
    this.countedAt = now;
    return this.left >= 0;
  }
}
