import { rolloutSteps } from './rollout-steps.js';
import type { DeclaredStrategy, RolloutValues } from './rollout.js';

/** How far a declared strategy has come at one entity of a deployment. */
export interface TargetRollout {
  readonly strategy: DeclaredStrategy;
  /** What ran before. */
  readonly stable: string;
  readonly candidate: string;
  /** 1 = the first. */
  readonly step: number;
  readonly steps: number;
  /** What the chart is told at this step; `null` = nothing, at the last. */
  readonly values: RolloutValues | null;
  /** The plan that brought the step before; absent at the first. */
  readonly broughtBy?: string;
}

/** A strategy at its first step. */
export function firstStep(
  strategy: DeclaredStrategy,
  versions: Pick<RolloutValues, 'stable' | 'candidate'>,
): TargetRollout & { readonly values: RolloutValues } {
  const steps = rolloutSteps(strategy, versions);
  const { stable, candidate } = versions;
  return { strategy, stable, candidate, step: 1, steps: steps.length, values: steps[0] };
}

/** The same strategy a step further, after `broughtBy` has brought this one; at the last it stays there. */
export function nextStep(rollout: TargetRollout, broughtBy: string): TargetRollout {
  const steps = rolloutSteps(rollout.strategy, rollout);
  const step = Math.min(rollout.step + 1, steps.length);
  return { ...rollout, step, values: steps[step - 1] ?? null, broughtBy };
}

/** An entity of a deployment; without a rollout all is brought to it at once. */
interface Rolling {
  readonly rollout?: TargetRollout;
}

/** Nothing is to be brought after what is being brought now. */
export function isAtLastStep({ rollout }: Rolling): boolean {
  return rollout === undefined || rollout.step >= rollout.steps;
}

/** Something of it has been brought, and more is to come: what runs is half-way. */
export function isMidway({ rollout }: Rolling): boolean {
  return rollout !== undefined && rollout.step > 1;
}

/** For people: where a strategy stands; empty where there is none. */
export function tellStep({ rollout }: Rolling): string {
  if (rollout === undefined) return '';
  const { step, steps, strategy, values, candidate } = rollout;
  const weight = values === null ? 'alone' : `with ${String(values.weight)} %`;
  return ` at step ${String(step)} of ${String(steps)} (${strategy}, ${candidate} ${weight})`;
}
