import { stepsOf, type KillStep, type PlanType, type Victim } from './kill-loop-steps.js';

const TYPES = ['install', 'upgrade', 'config_update', 'rollback', 'uninstall'] as const;
const VICTIMS = ['spoke', 'helm', 'spoke without its helm'] as const;

/** Who is to be killed in which step of which plan. */
export interface KillGoal {
  readonly victim: Victim;
  readonly step: KillStep;
  readonly type: PlanType;
}

/** Which kills were made so far and which are still owed; shared by all that kill. */
export class KillGoals {
  private readonly hits = new Map<string, number>();
  private readonly tries = new Map<string, number>();
  kills = 0;

  /** The step that was tried least of those that this plan will come by. */
  aim(victim: Victim, type: PlanType, hooks: boolean): KillGoal {
    const goals = stepsOf(victim, type, hooks).map((step) => ({ victim, step, type }));
    const [goal] = goals.sort((one, other) => this.spent(one) - this.spent(other));
    if (goal === undefined) throw new Error(`a plan of type ${type} has no steps to kill in`);
    this.tries.set(nameOf(goal), (this.tries.get(nameOf(goal)) ?? 0) + 1);
    return goal;
  }

  struck(goal: KillGoal): void {
    this.kills += 1;
    this.hits.set(nameOf(goal), (this.hits.get(nameOf(goal)) ?? 0) + 1);
  }

  /** What was never hit, in words. */
  owed(types: readonly PlanType[] = TYPES): readonly string[] {
    return types
      .flatMap((type) =>
        VICTIMS.flatMap((victim) =>
          stepsOf(victim, type, true).map((step) => nameOf({ victim, step, type })),
        ),
      )
      .filter((name) => !this.hits.has(name));
  }

  private spent(goal: KillGoal): number {
    const [hits, tries] = [this.hits, this.tries].map((counts) => counts.get(nameOf(goal)) ?? 0);
    return (hits ?? 0) * 2 + (tries ?? 0);
  }
}

function nameOf({ victim, step, type }: KillGoal): string {
  return `${victim} killed in ${type} when ${step}`;
}
