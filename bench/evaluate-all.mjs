// Benchmark 1: evaluating a whole fleet. The rules alone against a bare loop over the same arrays, and
// through the engine on a store in memory for how long the event loop stands still.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  applicable,
  BUILT_IN_CONSTRAINTS,
  ConstraintSet,
  evaluateConstraints,
  planDigest,
  proposePlan,
} from '@apollo-deploy/domain';
import { InMemoryStore, OrchestrationEngine } from '@apollo-deploy/orchestration';
import { shareTurns } from '@apollo-deploy/storage';
import { bareFacts, bareLoop } from './bare-evaluation.mjs';
import { whyNot } from './why-not.mjs';
import { entityFacts, planFactsOf, subjectOf } from './facts.mjs';
import { fleetOf, NOW, rowsOf } from './fleet.mjs';
import { collectGarbage, interleave, rounded } from './interleave.mjs';

const REACH_IDLE = 3;
const REACH_DRIFTED = 10;
const REACH_STALL_MS = 20;
/** 2 % of the entities run another version than they should. */
const DRIFT = 50;
/** What all of their plans are. */
const UPWARDS = /** @type {const} */ ({ planClass: 'ordinary', forward: true });

export const sizes = {
  full: { pure: [1000, 10_000, 100_000], engine: [10_000, 100_000], rounds: 5 },
  tiny: { pure: [100], engine: [100], rounds: 1 },
};

/** @param {typeof sizes.full} size */
export async function run({ pure, engine, rounds }) {
  const rules = pure.map((entities) => compare(entities, rounds));
  const stalls = [];
  for (const entities of engine) stalls.push(await throughEngine(entities));
  const idle = Math.max(...rules.map((each) => each.idle));
  const drifted = Math.max(...rules.map((each) => each.drifted));
  const stallMs = Math.max(...stalls.map((each) => each.stallMs));
  const longestStretchMs = Math.max(...stalls.map((each) => each.longestStretchMs));
  return {
    bench: 'evaluate-all',
    n: Math.max(...pure),
    arms: {
      apollo:
        'proposePlan of each entity over loaded facts; for 2 % of them also the plan, its digest and what holds it',
      bare: 'a loop over the same arrays: target against reported, values, window, suppression, parsed ranges both ways; no plans, no reasons',
      engine:
        'OrchestrationEngine.evaluateAll over a store in memory, 2 % drifted, nothing dispatched',
    },
    rules,
    engine: stalls,
    idle: rounded(idle),
    drifted: rounded(drifted),
    stallMs: rounded(stallMs),
    longestStretchMs: rounded(longestStretchMs),
    ratio: rounded(idle),
    reach: `idle <= ${REACH_IDLE}, drifted <= ${REACH_DRIFTED}, stallMs <= ${REACH_STALL_MS}, at every size`,
    met: idle <= REACH_IDLE && drifted <= REACH_DRIFTED && stallMs <= REACH_STALL_MS,
    ...whyNot([
      [
        idle > REACH_IDLE,
        'what is wanted, the digest of the values and the answer are each found by a look into a map',
      ],
      [drifted > REACH_DRIFTED, 'a plan has two SHA-256 digests, worked out in JavaScript'],
      [
        stallMs > REACH_STALL_MS,
        'works let others in at statements, every 2 ms; the rest is work between two, or garbage collection',
      ],
    ]),
  };
}

/**
 * @param {number} entities
 * @param {number} rounds
 */
function compare(entities, rounds) {
  const [still, moving] = [0, DRIFT].map((drift) => {
    const fleet = fleetOf(entities, { drift });
    return { facts: entityFacts(fleet), set: new ConstraintSet(fleet.constraints) };
  });
  if (still === undefined || moving === undefined) throw new Error('two fleets are compared');
  const bare = { still: bareFacts(still.facts), moving: bareFacts(moving.facts) };
  const found = { still: evaluate(still), moving: evaluate(moving) };
  if (bareLoop(bare.still) !== found.still.plans || bareLoop(bare.moving) !== found.moving.plans) {
    throw new Error('the arms find other plans');
  }
  const ms = interleave(
    {
      [`idle ${entities}`]: { run: () => evaluate(still) },
      [`bare ${entities}`]: { run: () => bareLoop(bare.still) },
      [`drifted ${entities}`]: { run: () => evaluate(moving) },
    },
    { rounds },
  );
  const of = (/** @type {string} */ arm) => ms[`${arm} ${entities}`] ?? NaN;
  return {
    entities,
    plans: found.moving.plans,
    held: found.moving.held,
    idleNs: rounded((of('idle') * 1e6) / entities),
    bareNs: rounded((of('bare') * 1e6) / entities),
    driftedNs: rounded((of('drifted') * 1e6) / entities),
    idle: rounded(of('idle') / of('bare')),
    drifted: rounded(of('drifted') / of('bare')),
  };
}

/** @param {{ facts: ReturnType<typeof entityFacts>, set: ConstraintSet }} fleet */
function evaluate({ facts, set }) {
  let plans = 0;
  let held = 0;
  let digests = 0;
  for (const loaded of facts) {
    const proposal = proposePlan(loaded.entityFacts);
    if (proposal.kind !== 'plan') continue;
    const constraints = [
      ...applicable(BUILT_IN_CONSTRAINTS, UPWARDS),
      ...set.for(subjectOf(loaded, proposal.plan), UPWARDS),
    ];
    const result = evaluateConstraints(constraints, planFactsOf(loaded, proposal.plan));
    plans += 1;
    held += result.satisfied ? 0 : 1;
    digests += planDigest(proposal.plan.content).length;
  }
  return { plans, held, digests };
}

/** @param {number} entities */
async function throughEngine(entities) {
  const rows = rowsOf(fleetOf(entities, { drift: DRIFT }));
  const stretches = measuredStretches();
  // As the store on files does.
  const store = new InMemoryStore({ rows, pause: shareTurns(stretches.turns) });
  let last = 0;
  const context = {
    store,
    clock: { now: () => NOW },
    ids: { next: () => `id-${String((last += 1))}` },
    startedAt: new Date(0),
  };
  const engine = new OrchestrationEngine(context, (entity, error) => {
    throw new Error(`${entity} cannot be evaluated`, { cause: error });
  });
  collectGarbage();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  // It measures from its first tick on.
  await new Promise((resolve) => setTimeout(resolve, 20));
  stretches.begin();
  const started = performance.now();
  const { evaluated, proposed, blocked } = await engine.evaluateAll();
  const ms = performance.now() - started;
  stretches.end();
  // The last stall is noted only by the next turn of the loop.
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  if (evaluated !== entities) throw new Error(`${evaluated} of ${entities} were evaluated`);
  console.error(`  engine ${entities}: ${ms.toFixed(0)} ms, p99 ${delay.percentile(99) / 1e6} ms`);
  return {
    entities,
    plans: proposed.length + blocked.length,
    nsPerEntity: rounded((ms * 1e6) / entities),
    stallMs: rounded(delay.max / 1e6),
    stallP99Ms: rounded(delay.percentile(99) / 1e6),
    longestStretchMs: rounded(stretches.longestMs()),
  };
}

/**
 * Turns that note how long works keep the process to themselves between two of them: on the clock or
 * in processor time, whichever is less. Other processes stretch the one, and the collector's threads
 * beside this one the other, so it is no less than what the event loop had to wait for these works.
 */
function measuredStretches() {
  let longest = 0;
  let since = performance.now();
  let cpu = process.cpuUsage();
  const begin = () => {
    cpu = process.cpuUsage();
    since = performance.now();
  };
  const end = () => {
    const { user, system } = process.cpuUsage(cpu);
    longest = Math.max(longest, Math.min((user + system) / 1000, performance.now() - since));
  };
  const next = async () => {
    end();
    await nextTurn();
    begin();
  };
  return { begin, end, longestMs: () => longest, turns: { now: () => performance.now(), next } };
}
