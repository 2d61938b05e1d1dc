import type { Step } from '../explorer.js';
import { put, SLOTS, type Budget, type ModelState, type PlanState } from './model-state.js';
import { headRevision } from './release-world.js';
import type { World } from './world.js';

/** What the hub can do next, and the people at it. */
export function hubSteps(world: World, state: ModelState): Step<ModelState>[] {
  return state.plans.flatMap((plan, index) => {
    const { id = '' } = world.scenario.plans[index] ?? {};
    const to = (name: string, change: Partial<PlanState>, spent: Partial<Budget> = {}) => ({
      name: `the hub ${name} ${id}`,
      to: {
        ...state,
        left: { ...state.left, ...spent },
        plans: state.plans.with(index, { ...plan, ...change }),
      },
    });
    if (plan.hub === 'waiting') {
      const offered = put(plan.offered, state.owner, true);
      if (!mayDispatch(world, state, index)) return [];
      return [to('dispatches', { hub: 'executing', base: state.release, offered })];
    }
    if (plan.hub === 'unknown') {
      const effect = plan.applied > 0 ? 'succeeded' : 'failed';
      return [to(`is told by a person (${effect}) what became of`, { hub: 'given_up' })];
    }
    return plan.hub === 'executing' ? executing(world, state, plan, to) : [];
  });
}

type Move = (name: string, change: Partial<PlanState>, spent?: Partial<Budget>) => Step<ModelState>;

function executing(world: World, state: ModelState, plan: PlanState, to: Move): Step<ModelState>[] {
  const { owner, left } = state;
  const steps: Step<ModelState>[] = [];
  if (!plan.offered[owner]) {
    const offered = put(plan.offered, owner, true);
    steps.push(to('offers again', { offered }));
  }
  // The verdict of a superseded session counts for nothing; it is told again in the next.
  const told = plan.told[owner];
  if (told !== null) steps.push(to(`takes ${told} as the verdict on`, { hub: told }));
  if (world.rules.silenceFails) steps.push(to('gives up waiting for', { hub: 'broken' }));
  if (left.cancellations > 0 && !plan.cancelled) {
    const spent = { cancellations: left.cancellations - 1 };
    steps.push(to('asks to cancel', { cancelled: true }, spent));
  }
  if (left.expiries > 0 && !plan.expired) {
    steps.push(to('sees expire', { expired: true }, { expiries: left.expiries - 1 }));
  }
  if (left.givenUp > 0) {
    const spent = { givenUp: left.givenUp - 1 };
    steps.push(to('is told by a person to give up', { hub: 'given_up' }, spent));
  }
  return steps;
}

/** In order, and only what makes sense for the release as it is. */
function mayDispatch(world: World, state: ModelState, index: number): boolean {
  const before = state.plans[index - 1]?.hub;
  if (before === 'waiting' || before === 'executing' || before === 'unknown') return false;
  const { revisions } = world.release(state);
  const head = headRevision(world.release(state));
  if (head?.garbled === true) return false;
  const type = world.scenario.plans[index]?.type;
  if (type !== 'install') return head !== undefined;
  return revisions.every(({ status }) => status === 'failed');
}

/** Cancellations on their way to the spokes. */
export function cancellations(world: World, state: ModelState): Step<ModelState>[] {
  return state.plans.flatMap(({ cancelled }, index) => {
    const { id = '' } = world.scenario.plans[index] ?? {};
    return SLOTS.flatMap((slot) => {
      const spoke = state.spokes[slot];
      if (!cancelled || slot !== state.owner || spoke.cancelled.includes(id)) return [];
      const told = { ...spoke, cancelled: [...spoke.cancelled, id].sort() };
      const spokes = put(state.spokes, slot, told);
      return [{ name: `spoke-${slot} hears that ${id} is cancelled`, to: { ...state, spokes } }];
    });
  });
}
