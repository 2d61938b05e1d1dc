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
  const { byOthers, undone } = wipe(state, sketch);
  const again = undone || mayGoThrough(world, sketch);
  const kept = verdictOf(world.ledger(state), sketch.id);
  const ledger = kept === undefined ? null : endOf(kept.verdict);
  const hub = isEnd(plan.hub) ? plan.hub : null;
  const end = ledger ?? hub;
  const inEffect = world
    .release(state)
    .revisions.some(({ maker, status }) => maker === sketch.id && status === 'deployed');
  const rows: readonly (readonly [breaks: boolean, invariant: string])[] = [
    [!again && made > 1, INVARIANTS.oneRevision],
    [!again && applied > 1, INVARIANTS.once],
    [hub !== null && ledger !== null && hub !== ledger, INVARIANTS.agree],
    [end === 'succeeded' && applied === 0 && !byOthers, INVARIANTS.succeeded],
    [isTurnedAway(end) && made + applied > 0 && !undone, INVARIANTS.untouched],
    [end === 'broken' && inEffect, INVARIANTS.broken],
  ];
  return rows.filter(([breaks]) => breaks).map(([, invariant]) => invariant);
}

/** Whoever removes a release does what its removal asks for, and undoes its installation. */
function wipe({ wiped }: ModelState, { type }: PlanSketch) {
  return { byOthers: wiped && type === 'uninstall', undone: wiped && type === 'install' };
}

/** A removal that was cut off is gone through again, unless that would run its hooks again. */
function mayGoThrough({ scenario }: World, { type }: PlanSketch): boolean {
  return type === 'uninstall' && !scenario.revisions.some(({ content }) => hasHooks(content));
}

function isTurnedAway(end: string | null): boolean {
  return end === 'declined' || end === 'refused';
}

function isEnd(hub: PlanState['hub']): hub is End {
  return hub !== 'waiting' && hub !== 'executing' && hub !== 'given_up';
}
