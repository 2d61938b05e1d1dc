import type { HubPayload, PlanOffer, SpokePayload } from '@apollo-deploy/protocol';
import type { Result } from '@apollo-deploy/kernel';
import type { Logger } from 'pino';
import type { Clock } from '../clock.js';
import type { OfferRefusal } from '../execution/offer-refusal.js';
import type { OpenedOffer } from '../execution/opened-offer.js';
import { refused } from '../execution/verdicts.js';
import type { Delivery } from '../hub-link/outbox.js';
import { type AdmittedOffer, openOffer } from './open-offer.js';
import type { TrustedKeys } from './trusted-keys.js';

interface OfferGateOptions {
  /** Absent: offers need no signature. */
  readonly keys?: Pick<TrustedKeys, 'at'>;
  readonly clusterUid: string;
  readonly clock: Clock;
  readonly executor: {
    offer(offer: OpenedOffer, acknowledge: () => void): void;
    /** Unless it has begun, it ends as expired. */
    lapse(planId: string, why: string): void;
    /** Ids of the plans that are waiting for their turn or under way. */
    readonly running: readonly string[];
  };
  readonly alarm: (message: SpokePayload<'alarm'>) => void;
  /** Resolves once the hub has committed the verdict. */
  readonly result: (message: SpokePayload<'plan.result'>) => Promise<Delivery>;
  readonly log: Logger;
}

type Received = HubPayload<'plan.offer'>;

const LONGEST_MESSAGE = 2048;

/** What stands between the hub's orders and whoever carries them out. */
export class OfferGate {
  private session = { spoke: '', aheadMs: 0 };
  /** What was let through and has not ended yet, by the plan. */
  private readonly passed = new Map<string, Received>();

  constructor(private readonly options: OfferGateOptions) {}

  /** Under which name the hub now knows this spoke, and how far the clock here is ahead of its own. */
  enter(session: { readonly spoke: string; readonly aheadMs: number }): void {
    this.session = session;
  }

  /**
   * Hands on what the signers have signed. Of anything else nothing is looked at, read or written in
   * the cluster: the hub is told that it is refused, and people that somebody tried.
   */
  take(received: Received, acknowledge: () => void): void {
    const { executor } = this.options;
    const opened = this.open(received);
    if (!opened.ok) return this.refuse(received, opened.error, acknowledge);
    const { offer, lapsed } = opened.value;
    const isUnderWay = executor.running.includes(offer.planId);
    this.tellBreakGlass(offer);
    executor.offer(offer, acknowledge);
    if (lapsed === null) return this.remember(received);
    // What is under way was let through by keys that counted, and comes once more with a connection.
    if (isUnderWay) return;
    executor.lapse(offer.planId, lapsed.message);
    if (lapsed.alarm !== null) this.sound(offer.planId, lapsed.alarm);
  }

  /** Other keys count than before: what was let through and has not begun has to pass once more. */
  recheck(): void {
    const { executor, log } = this.options;
    this.forgetEnded();
    for (const [planId, received] of this.passed) {
      const opened = this.open(received);
      const why = opened.ok ? opened.value.lapsed?.message : opened.error.message;
      if (why === undefined) continue;
      log.warn({ planId, why }, 'a plan that has not begun does not pass any more');
      executor.lapse(planId, why);
    }
  }

  private open(received: Received): Result<AdmittedOffer, OfferRefusal> {
    const { keys, clusterUid, clock } = this.options;
    const { spoke, aheadMs } = this.session;
    const now = clock.now();
    const hubNow = new Date(now.getTime() - aheadMs);
    const trust = keys?.at(now) ?? null;
    return openOffer(received, { trust, clusterUid, spoke, hubNow, ownNow: now });
  }

  /** Whoever reads the log of the cluster sees what was waived for it there, and by whom. */
  private tellBreakGlass({
    planId,
    breakGlass = [],
  }: Pick<PlanOffer, 'planId' | 'breakGlass'>): void {
    if (breakGlass.length === 0) return;
    this.options.log.warn({ planId, breakGlass }, 'a plan goes by break-glass');
  }

  private remember(received: Received): void {
    this.forgetEnded();
    this.passed.set(received.planId, received);
  }

  private forgetEnded(): void {
    const running = new Set(this.options.executor.running);
    for (const planId of this.passed.keys()) if (!running.has(planId)) this.passed.delete(planId);
  }

  private refuse(
    { planId, attempt }: Pick<PlanOffer, 'planId' | 'attempt'>,
    refusal: OfferRefusal,
    acknowledge: () => void,
  ): void {
    const { executor, result, clock } = this.options;
    this.sound(planId, refusal);
    // The plan of that name which is under way has nothing to do with it, and says its own end.
    if (executor.running.includes(planId)) return acknowledge();
    const at = clock.now().toISOString();
    const verdict = refused(refusal.reason, refusal.message);
    void result({ planId, attempt, at, result: verdict }).then((delivery) => {
      if (delivery === 'acknowledged') acknowledge();
    });
  }

  private sound(planId: string, { reason, message }: OfferRefusal): void {
    this.options.log.error({ planId, reason, alarm: true }, `refused an offer: ${message}`);
    this.options.alarm({ planId, reason, message: message.slice(0, LONGEST_MESSAGE) });
  }
}
