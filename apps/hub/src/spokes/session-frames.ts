import type { PlanPhase, Refusal } from '@apollo-deploy/domain';
import { ok, type Result } from '@apollo-deploy/kernel';
import {
  acknowledgeMessage,
  clockSkew,
  type Context,
  isWorthNoting,
  learnOfPlans,
  recordClockSkew,
  recordFullState,
  recordPlanProgress,
  recordPlanResult,
  recordStateDelta,
  type ReleaseReportBody,
  type SpokeSession,
  type SpokeVerdict,
} from '@apollo-deploy/orchestration';
import {
  CLOSE_CODES,
  type HubPayload,
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
        return this.progress(frame.p.planId, 'claimed', ACKNOWLEDGED);
      case 'plan.progress':
        return this.progress(frame.p.planId, frame.p.phase, NOTHING);
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
      case 'ack':
        return this.acknowledged(frame.re);
    }
  }

  private async progress(
    planId: string,
    phase: PlanPhase,
    then: FrameAnswer,
  ): Promise<FrameAnswer> {
    const recorded = await this.commit(() =>
      recordPlanProgress(this.context, this.session, planId, phase),
    );
    return recorded.ok ? then : refused(recorded.error);
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

  private async verdicts({ verdicts }: SpokePayload<'plan.verdicts'>): Promise<FrameAnswer> {
    const learnt = await this.commit(() => learnOfPlans(this.context, this.session, verdicts));
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
        const { generation, releases } = step;
        const state = { generation, releases: releases as readonly ReleaseReportBody[] };
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
    { generation }: SpokePayload<'heartbeat'>,
    saidAt: string,
  ): Promise<FrameAnswer> {
    const noted = await this.noteClock(saidAt);
    if (!noted.ok) return refused(noted.error);
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

  private async look(): Promise<void> {
    const { spoke } = this.session;
    const stored = await this.commit(() =>
      this.context.store.transact((unit) => unit.spokes.get(spoke)),
    );
    this.storedGeneration = stored?.stateGeneration;
    this.looked = true;
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
