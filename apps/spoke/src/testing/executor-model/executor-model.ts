import type { Model, Step } from '../explorer.js';
import { brokenIn } from './broken-in.js';
import { helmSteps, type HelmChild } from './helm-steps.js';
import { hubSteps } from './hub-steps.js';
import { misfortunes } from './misfortunes.js';
import {
  INVARIANTS,
  put,
  SLOTS,
  type Budget,
  type ModelState,
  type Scenario,
  type Spoke,
} from './model-state.js';
import { firstRelease } from './first-release.js';
import type { Rules } from './rules.js';
import { SpokeSteps } from './spoke-steps.js';
import { NO_CLAIM, World } from './world.js';

const NOTHING: Budget = {
  ...{ crashes: 0, reconnects: 0, cancellations: 0, expiries: 0, foreign: 0, givenUp: 0 },
};

/**
 * A hub, its outbox, two processes of one spoke, their helm processes, the ledger and the release of
 * one cluster, with everything that can happen next: the executor's decisions are production's, only
 * what they are made from and what becomes of them is small.
 */
export function executorModel(
  scenario: Scenario,
  rules: Rules,
  /** Invariants that are not asked for, to see what else comes of breaking them. */
  passed: readonly string[] = [],
): Model<ModelState> {
  const world = new World(scenario, rules);
  return {
    start: startOf(world),
    steps: (state) => [
      ...hubSteps(world, state),
      ...SLOTS.flatMap((slot) => new SpokeSteps(world, state, slot).all()),
      ...processSteps(world, state),
      ...misfortunes(world, state),
    ],
    broken: (state) => brokenIn(world, state).find((name) => !passed.includes(name)) ?? null,
    settled: ({ plans }) => plans.every(({ hub }) => hub !== 'executing' && hub !== 'unknown'),
  };
}

function startOf(world: World): ModelState {
  const { plans, budget } = world.scenario;
  const spoke: Spoke = { start: 0, cancelled: [], place: { at: 'idle' }, helm: null };
  return {
    plans: plans.map(() => ({
      ...{ hub: 'waiting', base: -1, offered: [false, false], told: [null, null] },
      ...{ cancelled: false, expired: false, applied: 0, made: 0 },
    })),
    owner: 0,
    release: world.releases.number(firstRelease(world.scenario)),
    ledger: world.ledgers.number(NO_CLAIM),
    spokes: [spoke, spoke],
    ...{ orphans: [], foreign: null, wiped: false, left: { ...NOTHING, ...budget }, bad: null },
  };
}

/** Helm processes go on by themselves, whether their spoke lives or not. */
function processSteps(world: World, state: ModelState): Step<ModelState>[] {
  const ofSpokes = SLOTS.flatMap((slot) => {
    const { helm } = state.spokes[slot];
    if (helm === null) return [];
    return goOn(world, state, helm, (to, child) => ({
      ...to,
      spokes: put(to.spokes, slot, { ...to.spokes[slot], helm: child }),
    }));
  });
  const ofNobody = state.orphans.flatMap((orphan, index) =>
    goOn(world, state, orphan.helm, (to, helm) => ({
      ...to,
      orphans:
        helm.at === 'ended'
          ? to.orphans.toSpliced(index, 1)
          : to.orphans.with(index, { ...orphan, helm }),
    })),
  );
  return [...ofSpokes, ...ofNobody];
}

function goOn(
  world: World,
  state: ModelState,
  helm: HelmChild,
  placed: (to: ModelState, child: HelmChild) => ModelState,
): Step<ModelState>[] {
  return helmSteps(helm, world.release(state)).map((effect) => {
    const index = world.index(helm.plan);
    // What an installation removes first never worked, so that is no effect.
    const counts = helm.verb !== 'uninstall' || world.sketch(helm.plan).type === 'uninstall';
    const plans = state.plans.map((plan, at) =>
      at === index
        ? {
            ...plan,
            made: plan.made + (counts && effect.touched === true ? 1 : 0),
            applied: plan.applied + (counts && effect.applied === true ? 1 : 0),
          }
        : plan,
    );
    const late =
      effect.applied === true &&
      plans.slice(index + 1).some(({ made, applied: effects }) => made + effects > 0);
    const to = {
      ...state,
      plans,
      release: world.releases.number(effect.release),
      ...(late && { bad: INVARIANTS.order }),
    };
    return { name: effect.name, to: placed(to, effect.child) };
  });
}
