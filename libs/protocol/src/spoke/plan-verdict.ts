import { Type, type Static } from 'typebox';

/** Facts the spoke saw that prove the verdict; free-form, shown to people as they are. */
const Evidence = Type.Record(Type.String(), Type.Unknown());

const Failure = Type.Union([
  Type.Literal('refused'),
  Type.Literal('unhealthy'),
  Type.Literal('broken'),
]);

const DeclineReason = Type.Union([
  Type.Literal('expired'),
  Type.Literal('window_closed'),
  Type.Literal('base_moved'),
  Type.Literal('cancelled'),
  Type.Literal('interrupted'),
]);
export type DeclineReason = Static<typeof DeclineReason>;

/** The end of a plan by the spoke's word, given only after it looked; the same for ever. */
export const PlanVerdict = Type.Union([
  Type.Object({
    verdict: Type.Literal('succeeded'),
    message: Type.String({ maxLength: 4096 }),
    evidence: Evidence,
  }),
  Type.Object({
    verdict: Type.Literal('failed'),
    outcome: Failure,
    /** A machine's word for the reason, such as `CrashLoopBackOff`. */
    reason: Type.String({ maxLength: 256 }),
    message: Type.String({ maxLength: 4096 }),
    /** True if the spoke or Helm died in the middle: worth one retry by itself. */
    interrupted: Type.Boolean(),
    evidence: Evidence,
  }),
  Type.Object({
    /** Nothing was touched. */
    verdict: Type.Literal('declined'),
    reason: DeclineReason,
    message: Type.String({ maxLength: 4096 }),
    evidence: Evidence,
  }),
  Type.Object({
    /** Something may have happened and evidence does not tell what. */
    verdict: Type.Literal('unknown'),
    message: Type.String({ maxLength: 4096 }),
    evidence: Evidence,
  }),
]);
export type PlanVerdict = Static<typeof PlanVerdict>;
