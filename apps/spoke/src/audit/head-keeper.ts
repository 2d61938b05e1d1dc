import type { Timer } from '@apollo-deploy/kube';
import type { AuditHead, SpokePayload } from '@apollo-deploy/protocol';
import type { Logger } from 'pino';
import type { Clock } from '../clock.js';
import type { ConfigMapHeads } from './config-map-heads.js';
import { type Contradiction, contradictionIn, keepHead } from './kept-heads.js';

interface HeadKeeperOptions {
  readonly heads: Pick<ConfigMapHeads, 'read' | 'write' | 'place'>;
  readonly alarm: (message: SpokePayload<'alarm'>) => void;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: Logger;
}

/** Between two looks at what is kept, in milliseconds. */
const PAUSE_MS = 60_000;
const LONGEST_MESSAGE = 2048;

/**
 * Keeps what the hub tells of its audit trail where the hub cannot take it back, at most once a minute,
 * and raises an alarm where it contradicts what was told before: once a session, for as long as that
 * stands. Nothing else waits for it; what fails is tried again a minute later.
 */
export class HeadKeeper {
  /** Told and not kept yet: the first and the newest, or up to two that the last contradicts. */
  private waiting: readonly AuditHead[] = [];
  /** From the begin of a look until the pause after it is over. */
  private busy = false;
  private stopped = false;
  private hasAlarmed = false;
  private isFailing = false;
  private work: Promise<void> = Promise.resolve();
  private cancelPause: () => void = () => undefined;

  constructor(private readonly options: HeadKeeperOptions) {}

  /** A session has begun. */
  enter(): void {
    this.hasAlarmed = false;
  }

  take(told: AuditHead): void {
    this.waiting = waitingWith(this.waiting, told);
    this.begin();
  }

  /** Resolves when nothing is being written any more. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelPause();
    await this.work;
  }

  private begin(): void {
    if (this.busy || this.stopped || this.waiting.length === 0) return;
    this.busy = true;
    this.work = this.turn();
  }

  private async turn(): Promise<void> {
    const told = this.waiting;
    this.waiting = [];
    if (!(await this.tryToKeep(told)))
      this.waiting = [...told, ...this.waiting].reduce(waitingWith, []);
    if (this.stopped) return;
    this.cancelPause = this.options.timer.after(PAUSE_MS, () => {
      this.busy = false;
      this.begin();
    });
  }

  private async tryToKeep(told: readonly AuditHead[]): Promise<boolean> {
    const { log } = this.options;
    try {
      const isKept = await this.keep(told);
      if (isKept && this.isFailing) log.info('heads of the audit trail are kept again');
      if (isKept) this.isFailing = false;
      return isKept;
    } catch (error) {
      const message = 'heads of the audit trail are not kept; it is tried again every minute';
      if (!this.isFailing) log.warn({ err: error }, message);
      this.isFailing = true;
      return false;
    }
  }

  /** False: somebody else has written meanwhile. */
  private async keep(told: readonly AuditHead[]): Promise<boolean> {
    const { heads, clock } = this.options;
    const now = clock.now();
    const { kept: before, version } = await heads.read();
    const kept = told.reduce((all, head) => keepHead(all, head, now), before);
    if (kept?.contradiction !== undefined) await this.raise(kept.contradiction);
    return kept === null || kept === before ? true : heads.write({ kept, version });
  }

  private async raise({ kept, told }: Contradiction): Promise<void> {
    if (this.hasAlarmed) return;
    this.hasAlarmed = true;
    const { heads, alarm, log } = this.options;
    const reason = 'AuditHeadContradicted';
    const message =
      `it held ${nameOf(kept)} at ${kept.keptAt}, and ${nameOf(told)} at ${told.keptAt}: ` +
      'entries were taken out or written anew, or the hub was restored from a backup; compare an export with ' +
      `${await heads.place()} (apolloctl audit verify --head), and delete that once it is explained: nothing ` +
      'newer is kept there until then';
    log.error({ reason, alarm: true }, `the audit trail of the hub contradicts itself: ${message}`);
    const planId = `audit-head-${String(told.number)}`;
    alarm({ planId, reason, message: message.slice(0, LONGEST_MESSAGE) });
  }
}

/** As `apolloctl audit verify --head` takes it, too. */
function nameOf({ number, hash }: Contradiction['told']): string {
  return `${String(number)}:${hash}`;
}

/**
 * The first that waits says whether what is kept still stands; the last takes the place of those between.
 * One that contradicts another waits with that, and what comes after changes nothing any more.
 */
function waitingWith(waiting: readonly AuditHead[], told: AuditHead): readonly AuditHead[] {
  const last = waiting.at(-1);
  if (last === undefined) return [told];
  const before = waiting.slice(0, -1);
  if (before.some((one) => contradictionIn(one, last) !== null)) return waiting;
  const contradicted = waiting.findLastIndex((one) => contradictionIn(one, told) !== null);
  return [...waiting.slice(0, Math.max(contradicted, 0) + 1), told];
}
