import { leftHead, verdictOf } from '../../execution/ledger-entry.js';
import type { Step } from '../explorer.js';
import { ClaimSteps } from './claim-steps.js';
import { INVARIANTS, put, type ModelState, type Place, type Slot } from './model-state.js';
import { OperatorSteps } from './operator-steps.js';
import { IDLE, leftOf, recorded, SpokeInState } from './spoke-in-state.js';
import { claimOf, endOf, ledgerVerdict, type World } from './world.js';

/** What one spoke can do next, as `PlanRun` and the operator do it: one look or write at a time. */
export class SpokeSteps {
  private readonly here: SpokeInState;
  private readonly claims: ClaimSteps;
  private readonly operator: OperatorSteps;

  constructor(world: World, state: ModelState, slot: Slot) {
    this.here = new SpokeInState(world, state, slot);
    this.claims = new ClaimSteps(this.here);
    this.operator = new OperatorSteps(this.here);
  }

  all(): readonly Step<ModelState>[] {
    const { place } = this.here.spoke;
    if (place.at === 'idle') {
      return this.here.state.plans.flatMap(({ offered }, index) => {
        const plan = this.here.world.scenario.plans[index]?.id;
        return offered[this.here.slot] && plan !== undefined ? this.takeOffer(plan) : [];
      });
    }
    const next = this.next(place);
    return next === null ? [] : [next];
  }

  private next(place: Exclude<Place, { at: 'idle' }>): Step<ModelState> | null {
    switch (place.at) {
      case 'observe':
        return this.claims.observe(place);
      case 'claim':
        return this.claims.claim(place);
      case 'take_over':
        return this.claims.takeOver(place);
      case 'look':
        return this.claims.look(place);
      case 'operate':
        return this.operator.operate(place.operation);
      case 'helm':
        return this.here.spoke.helm?.at === 'ended' ? this.operator.collect(place.operation) : null;
      case 'verify':
        return this.verify(place);
      case 'settle':
        return this.settle(place);
      case 'record':
        return this.record(place);
      case 'tell': {
        const told = put(this.here.plan(place.plan).told, this.here.slot, place.end);
        return this.here.step(
          `tells ${place.plan} ${place.end}`,
          IDLE,
          this.here.withPlan(place.plan, { told }),
        );
      }
    }
  }

  private takeOffer(plan: string): Step<ModelState>[] {
    const { world, state, slot } = this.here;
    const entry = world.ledger(state);
    const holder = world.rules.judgeHolder(entry, {
      self: this.here.self,
      processes: world.processes(state, slot),
    });
    const offer = world.offer(state, plan);
    const first = world.rules.firstStep(offer, entry, { refusal: null, holder });
    const to = (place: Place) => [this.here.step(`takes ${plan} (${first.do})`, place)];
    switch (first.do) {
      case 'tell':
        return to({ at: 'tell', plan, end: endOf(first.verdict.verdict) });
      case 'begin':
        return to({ at: 'observe', plan, fresh: true });
      case 'resume':
        return to({ at: 'take_over', plan, fresh: true, left: world.ledgers.number(entry) });
      case 'settle':
        return to({ at: 'settle', plan: first.left.planId, left: world.ledgers.number(entry) });
      case 'end':
      case 'wait':
      case 'wait_for_holder':
        return [];
    }
  }

  private verify({ plan, left }: Place & { at: 'verify' }): Step<ModelState> {
    const { world, state } = this.here;
    const mine = claimOf(world.offer(state, plan), this.here.self, null);
    const held = world.rules.isHeldStill(world.ledger(state), mine) || !world.rules.claims;
    const to = held ? recorded(plan, 'succeeded', left, this.here.self.instance) : IDLE;
    return this.here.step(`verifies ${plan}`, to);
  }

  private settle({ plan, left }: Place & { at: 'settle' }): Step<ModelState> {
    const { world, state } = this.here;
    const entry = world.ledgers.value(left);
    const { claim } = entry;
    if (claim === null) throw new Error('nothing is settled without a claim');
    const seen = world.observe(state.release);
    const end = world.rules.abandonedEnd(claim, seen);
    const told = end.next === 'end' ? endOf(end.verdict) : 'succeeded';
    const dead = world.rules.isDeadLock(entry, claim, seen);
    const head = leftOf(leftHead(seen, dead));
    return this.here.step(`settles ${plan}`, recorded(plan, told, head, claim.holder.instance));
  }

  private record({ plan, end, left, holder }: Place & { at: 'record' }): Step<ModelState> {
    const { world, state } = this.here;
    const entry = world.ledger(state);
    const known = verdictOf(entry, plan);
    const held = world.rules.claims ? holder : null;
    const written = world.rules.withVerdict(entry, ledgerVerdict(plan, end, left), held);
    if (written === null) return this.here.step(`records ${plan} ${end} in vain`, IDLE);
    const told = endOf(verdictOf(written, plan)?.verdict ?? ledgerVerdict(plan, end, left).verdict);
    const changed = known !== undefined && told !== endOf(known.verdict);
    const to = { ...this.here.wrote(written), ...(changed && { bad: INVARIANTS.immutable }) };
    return this.here.step(`records ${plan} ${told}`, { at: 'tell', plan, end: told }, to);
  }
}
