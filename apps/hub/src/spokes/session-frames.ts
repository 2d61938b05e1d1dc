import type { Refusal } from '@apollo-deploy/domain';
import { ok, type Result } from '@apollo-deploy/kernel';
import {
  acknowledgeMessage,
  clockSkew,
  type Context,
  isWorthNoting,
  learnOfPlans,
  type NextKey,
  recordAlarm,
  recordBlindness,
  recordClockSkew,
  recordFullState,
  recordPlanProgress,
  recordPlanWaiting,
  recordPlanResult,
  recordStateDelta,
  recordTrust,
  type ReleaseReportBody,
  type SpokeProgress,
  type SpokeSession,
  type SpokeVerdict,
  storeNextKey,
} from '@apollo-deploy/orchestration';
import {
  CLOSE_CODES,
  type HubPayload,
  isOfferedBy,
  type SpokeFrame,
  type SpokePayload,
} from '@apollo-deploy/protocol';
import { type CloseReason, closeReasonOf, protocolError } from './close-reason.js';
import type { Commit } from './commit-retry.js';
import { FullStateAssembly } from './full-state-assembly.js';

/** What the hub does about one frame, once everything it had to write is committed. */
export interface FrameAnswer {
  /** The spoke need not send this message again. */
  readonly acknowledge?: boolean;
  /** Ask for the full state. */
  readonly requestState?: boolean;
  readonly heartbeat?: HubPayload<'heartbeat'>;
  /** Id of a message of the outbox that is done with: there is room for the next. */
  readonly done?: string;
  readonly end?: CloseReason;
}

const ACKNOWLEDGED: FrameAnswer = { acknowledge: true };
const NOTHING: FrameAnswer = {};

/**
 * Turns the frames of one admitted session into use cases, one after the other. The scope is the
 * session's: whatever a message names, only this spoke's rows can change. Throws what the use cases
 * throw, with nothing written.
 */
export class SessionFrames {
  private readonly assembly = new FullStateAssembly();
  /** The generation that the store holds; unknown until this session has stored or looked. */
  private storedGeneration: number | undefined;
  private looked = false;
  /** How far the spoke's clock is ahead, as this session has noted it. */
  private skewMs: number | undefined;
  /** Whether the spoke said last that it cannot see its cluster, as this session has noted it. */
  private blind = false;

  constructor(
    private readonly context: Context,
    private readonly session: SpokeSession,
    private readonly commit: Commit,
  ) {}

  /** `size`: length of the frame, in characters. */
  async answer(frame: SpokeFrame, size: number): Promise<FrameAnswer> {
    switch (frame.t) {
      case 'hello':
        return { end: protocolError('hello came twice') };
      case 'plan.accept':
        return this.progress({ planId: frame.p.planId, phase: 'claimed' }, ACKNOWLEDGED);
      case 'plan.progress':
        return this.progress(frame.p, NOTHING);
      case 'plan.waiting':
        return this.waiting(frame.p);
      case 'plan.result':
        return this.result(frame.p);
      case 'plan.verdicts':
        return this.verdicts(frame.p);
      case 'state.full':
        return this.fullState(frame.p, size);
      case 'state.delta':
        return this.stateDelta(frame.p);
      case 'heartbeat':
        return this.heartbeat(frame.p, frame.ts);
      case 'alarm':
        return this.alarm(frame.p);
      case 'credential.next':
        return this.nextKey(frame.p);
      case 'credential.trusts':
        return this.trusts(frame.p);
      case 'ack':
        return this.acknowledged(frame.re);
    }
  }

  private async progress(said: SpokeProgress, then: FrameAnswer): Promise<FrameAnswer> {
    const recorded = await this.commit(() => recordPlanProgress(this.context, this.session, said));
    return recorded.ok ? then : refused(recorded.error);
  }

  private async waiting(said: SpokePayload<'plan.waiting'>): Promise<FrameAnswer> {
    const recorded = await this.commit(() => recordPlanWaiting(this.context, this.session, said));
    return recorded.ok ? NOTHING : refused(recorded.error);
  }

  private async alarm(said: SpokePayload<'alarm'>): Promise<FrameAnswer> {
    const recorded = await this.commit(() => recordAlarm(this.context, this.session, said));
    return recorded.ok ? NOTHING : refused(recorded.error);
  }

  private async result({
    planId,
    attempt,
    at,
    result,
    release,
  }: SpokePayload<'plan.result'>): Promise<FrameAnswer> {
    const verdict: SpokeVerdict = {
      planId,
      attempt,
      at,
      result: result as SpokeVerdict['result'],
      ...(release !== undefined && { release }),
    };
    const recorded = await this.commit(() => recordPlanResult(this.context, this.session, verdict));
    return recorded.ok ? ACKNOWLEDGED : refused(recorded.error);
  }

  private async verdicts({ verdicts, lost }: SpokePayload<'plan.verdicts'>): Promise<FrameAnswer> {
    const learnt = await this.commit(() =>
      learnOfPlans(this.context, this.session, verdicts, lost),
    );
    return learnt.ok ? NOTHING : refused(learnt.error);
  }

  private async fullState(part: SpokePayload<'state.full'>, size: number): Promise<FrameAnswer> {
    const step = this.assembly.add(part, size);
    switch (step.kind) {
      case 'partial':
        return ACKNOWLEDGED;
      case 'out_of_order':
        return { acknowledge: true, requestState: true };
      case 'too_large':
        return {
          end: {
            code: CLOSE_CODES.tooLarge,
            reason: 'the state is larger than 32 MiB; let this spoke watch fewer namespaces',
          },
        };
      case 'complete': {
        const { kind: _, generation, releases, ...sight } = step;
        const state = {
          ...{ generation, releases: releases as readonly ReleaseReportBody[] },
          ...sight,
        };
        return this.stored(
          generation,
          await this.commit(() => recordFullState(this.context, this.session, state)),
        );
      }
    }
  }

  private async stateDelta({
    generation,
    changed,
    removed,
  }: SpokePayload<'state.delta'>): Promise<FrameAnswer> {
    const delta = { generation, changed: changed as readonly ReleaseReportBody[], removed };
    const recorded = await this.commit(() => recordStateDelta(this.context, this.session, delta));
    if (recorded.ok && recorded.value === 'gap') return { acknowledge: true, requestState: true };
    return recorded.ok && recorded.value === 'known'
      ? ACKNOWLEDGED
      : this.stored(generation, recorded);
  }

  private stored(generation: number, recorded: Result<unknown, Refusal>): FrameAnswer {
    if (!recorded.ok) return refused(recorded.error);
    this.storedGeneration = generation;
    this.looked = true;
    return ACKNOWLEDGED;
  }

  /** A spoke whose newest state is not what is stored lost a message, or the hub was restored. */
  private async heartbeat(
    { generation, blind = false }: SpokePayload<'heartbeat'>,
    saidAt: string,
  ): Promise<FrameAnswer> {
    const noted = await this.noteClock(saidAt);
    if (!noted.ok) return refused(noted.error);
    const known = await this.noteBlindness(blind);
    if (!known.ok) return refused(known.error);
    if (!this.looked) await this.look();
    const missing = generation !== (this.storedGeneration ?? 0) && !this.assembly.open;
    const serverTime = this.context.clock.now().toISOString();
    return { heartbeat: { serverTime }, ...(missing && { requestState: true }) };
  }

  private async noteClock(saidAt: string): Promise<Result<void, Refusal>> {
    const skewMs = clockSkew(saidAt, this.context.clock.now());
    if (skewMs === undefined || !isWorthNoting(skewMs, this.skewMs)) return ok(undefined);
    const noted = await this.commit(() => recordClockSkew(this.context, this.session, skewMs));
    if (noted.ok) this.skewMs = skewMs;
    return noted;
  }

  private async noteBlindness(blind: boolean): Promise<Result<void, Refusal>> {
    if (blind === this.blind) return ok(undefined);
    const noted = await this.commit(() => recordBlindness(this.context, this.session, blind));
    if (noted.ok) this.blind = blind;
    return noted;
  }

  private async look(): Promise<void> {
    const { spoke } = this.session;
    const stored = await this.commit(() =>
      this.context.store.transact((unit) => unit.spokes.get(spoke)),
    );
    this.storedGeneration = stored?.stateGeneration;
    this.looked = true;
  }

  private async nextKey(offer: SpokePayload<'credential.next'>): Promise<FrameAnswer> {
    const next: NextKey = {
      publicKey: offer.publicKey,
      isOfferedBy: (known) => isOfferedBy(known, offer),
    };
    const kept = await this.commit(() => storeNextKey(this.context, this.session, next));
    return kept.ok ? ACKNOWLEDGED : refused(kept.error);
  }

  private async trusts(said: SpokePayload<'credential.trusts'>): Promise<FrameAnswer> {
    const recorded = await this.commit(() => recordTrust(this.context, this.session, said));
    return recorded.ok ? NOTHING : refused(recorded.error);
  }

  private async acknowledged(messageId: string | undefined): Promise<FrameAnswer> {
    if (messageId === undefined)
      return { end: protocolError('an ack must name in `re` what it answers') };
    const done = await this.commit(() => acknowledgeMessage(this.context, this.session, messageId));
    return done.ok ? { done: messageId } : refused(done.error);
  }
}

function refused(refusal: Refusal): FrameAnswer {
  return { end: closeReasonOf(refusal) };
}
