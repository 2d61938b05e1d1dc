import type { LedgerEntry } from '../../execution/ledger-entry.js';
import { lateOrCancelled } from '../../execution/plan-facts.js';
import type { Step } from '../explorer.js';
import {
  put,
  type End,
  type Left,
  type ModelState,
  type Place,
  type PlanState,
  type Slot,
  type Spoke,
} from './model-state.js';
import { EXPIRES_AT, instanceOf, spokeOf, type World } from './world.js';

const AT = Date.parse(EXPIRES_AT);
/** An instant before offers expire. */
export const BEFORE = new Date(AT - 1);
const AFTER = new Date(AT + 1);
export const IDLE: Place = { at: 'idle' };

/** One spoke in one state of the model: what it is and knows, and the states that it can make of this one. */
export class SpokeInState {
  constructor(
    readonly world: World,
    readonly state: ModelState,
    readonly slot: Slot,
  ) {}

  get spoke(): Spoke {
    return spokeOf(this.state, this.slot);
  }

  get self() {
    return this.world.self(this.slot, this.spoke.start);
  }

  plan(plan: string): PlanState {
    const found = this.state.plans[this.world.index(plan)];
    if (found === undefined) throw new RangeError(`there is no plan ${plan}`);
    return found;
  }

  withPlan(plan: string, change: Partial<PlanState>): ModelState {
    const plans = this.state.plans.with(this.world.index(plan), { ...this.plan(plan), ...change });
    return { ...this.state, plans };
  }

  wrote(entry: LedgerEntry): ModelState {
    return withLedger(this.world, this.state, entry);
  }

  late(plan: string) {
    const now = this.plan(plan).expired ? AFTER : BEFORE;
    const facts = { cancelReason: this.cancelReason(plan), waitedFor: null };
    return lateOrCancelled(this.world.offer(this.state, plan), now, facts);
  }

  cancelReason(plan: string): string | null {
    return this.spoke.cancelled.includes(plan) ? 'no' : null;
  }

  step(
    what: string,
    place: Place,
    to: ModelState = this.state,
    more: Partial<Spoke> = {},
  ): Step<ModelState> {
    const spoke = { ...to.spokes[this.slot], ...more, place };
    const spokes = put(to.spokes, this.slot, spoke);
    const name = `${instanceOf(this.slot, this.spoke.start)} ${what}`;
    return { name, to: { ...to, spokes } };
  }
}

/** The ledger written; what the spokes hold of it is old now. */
export function withLedger(world: World, state: ModelState, entry: LedgerEntry): ModelState {
  const outdated = (spoke: Spoke): Spoke =>
    'fresh' in spoke.place ? { ...spoke, place: { ...spoke.place, fresh: false } } : spoke;
  const spokes = [outdated(state.spokes[0]), outdated(state.spokes[1])] as const;
  return { ...state, spokes, ledger: world.ledgers.number(entry) };
}

/** The spoke is about to write down how a plan ended. */
export function recorded(plan: string, end: End, left: Left | null, holder: string | null): Place {
  return { at: 'record', plan, end, left, holder };
}

/** What the ledger keeps of the head. */
export function leftOf(head: Left | null): Left | null {
  if (head === null) return null;
  const { secretUid, status, resourceVersion } = head;
  return { secretUid, status, resourceVersion };
}
