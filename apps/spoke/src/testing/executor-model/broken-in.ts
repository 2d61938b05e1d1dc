import { verdictOf } from '../../execution/ledger-entry.js';
import {
  INVARIANTS,
  type End,
  type ModelState,
  type PlanSketch,
  type PlanState,
} from './model-state.js';
import { hasHooks } from './release-world.js';
import { endOf, type World } from './world.js';

/** The invariants that do not hold in a state. */
export function brokenIn(world: World, state: ModelState): string[] {
  const ofPlans = world.scenario.plans.flatMap((sketch, index) => {
    const plan = state.plans[index];
    return plan === undefined ? [] : brokenBy(world, state, sketch, plan);
  });
  return state.bad === null ? ofPlans : [state.bad, ...ofPlans];
}

function brokenBy(world: World, state: ModelState, sketch: PlanSketch, plan: PlanState): string[] {
  const { made, applied } = plan;
  // A removal that was cut off is gone through again, unless that would run its hooks again.
  const hooks = world.scenario.revisions.some(({ content }) => hasHooks(content));
  const again = sketch.type === 'uninstall' && !hooks;
  const kept = verdictOf(world.ledger(state), sketch.id);
  const ledger = kept === undefined ? null : endOf(kept.verdict);
  const hub = isEnd(plan.hub) ? plan.hub : null;
  const end = ledger ?? hub;
  const nothingDone = end === 'declined' || end === 'refused';
  const inEffect = world
    .release(state)
    .revisions.some(({ maker, status }) => maker === sketch.id && status === 'deployed');
  const rows: readonly (readonly [breaks: boolean, invariant: string])[] = [
    [!again && made > 1, INVARIANTS.oneRevision],
    [!again && applied > 1, INVARIANTS.once],
    [hub !== null && ledger !== null && hub !== ledger, INVARIANTS.agree],
    [end === 'succeeded' && applied === 0, INVARIANTS.succeeded],
    [nothingDone && made + applied > 0, INVARIANTS.untouched],
    [end === 'broken' && inEffect, INVARIANTS.broken],
  ];
  return rows.filter(([breaks]) => breaks).map(([, invariant]) => invariant);
}

function isEnd(hub: PlanState['hub']): hub is End {
  return hub !== 'waiting' && hub !== 'executing' && hub !== 'given_up';
}
