// Benchmark 2: what a change costs in a fleet of 10,000 and of 100,000, when only the changed entities
// and those around them should be looked at.
import { jsonDigest } from '@apollo-deploy/kernel';
import {
  InMemoryStore,
  OrchestrationEngine,
  recordStateDelta,
  ReevaluationScheduler,
} from '@apollo-deploy/orchestration';
import { countingStore } from './counting-store.mjs';
import {
  BEFORE,
  fleetOf,
  NOW,
  PRODUCTS,
  reportOf,
  rowsOf,
  spokeName,
  TARGET,
  VALUES,
} from './fleet.mjs';
import { collectGarbage, median, rounded } from './interleave.mjs';
import { whyNot } from './why-not.mjs';
import { valueOf } from './value-of.mjs';

const REACH_GROWTH = 1.3;
/** The changed one, the two it needs and the two that need it. */
const AROUND = 5;
/** A sample is as many changes, each until the queue is empty, as make up this many releases. */
const RELEASES_A_SAMPLE = 100;
/** Rounds that are not counted. */
const WARM_UPS = 2;
/** Of the loop that looks for what is due: fewer than in the minute after which it makes sure. */
const QUIET_TURNS = 5;
/** A turn looks who fell silent: whether this replica is still to do that, and when spokes were heard. */
const STATEMENTS_A_LOOK = 2;

export const sizes = {
  full: { small: 10_000, large: 100_000, changes: [1, 10, 1000], rounds: 9 },
  tiny: { small: 200, large: 400, changes: [1, 4], rounds: 1 },
};

/** @param {typeof sizes.full} size */
export async function run({ small, large, changes, rounds }) {
  const spokes = Math.ceil(small / PRODUCTS);
  const fleets = { small: hubOf(small, spokes), large: hubOf(large, spokes) };
  const perChange = [];
  for (const count of changes) perChange.push(await compare(fleets, count, rounds));
  const quiet = { small: await quietTurns(fleets.small), large: await quietTurns(fleets.large) };
  const exact = perChange.every((each) => each.evaluations === each.expected);
  const growth = Math.max(...perChange.map((each) => each.growth));
  const still = [quiet.small, quiet.large].every(
    (each) => each.evaluations === 0 && each.statements === 0,
  );
  return {
    bench: 'after-change',
    n: large,
    arms: {
      large: `a report that changes releases, then the engine until its queue is empty: ${large} entities, store in memory`,
      small: `the same with ${small} entities`,
    },
    changes: perChange,
    quiet,
    ratio: rounded(growth),
    reach: `evaluations as expected, large against small <= ${REACH_GROWTH}, nothing changed: 0 evaluations in ${QUIET_TURNS} turns, and 0 statements besides the ${STATEMENTS_A_LOOK} of each that look who fell silent`,
    met: exact && growth <= REACH_GROWTH && still,
    ...whyNot([
      [
        !exact,
        'more or fewer are evaluated than the changed ones, what they need and who needs them',
      ],
      [growth > REACH_GROWTH, 'something is proportional to the fleet'],
      [!still, 'the loops ask although nothing was committed and nothing is due'],
    ]),
  };
}

/** @typedef {ReturnType<typeof hubOf>} Hub */

/**
 * @param {number} entities
 * @param {number} spokes How many of its spokes report, in turn.
 */
function hubOf(entities, spokes) {
  const inMemory = new InMemoryStore({ rows: evaluatedRows(fleetOf(entities)) });
  const { store, statements } = countingStore(inMemory);
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
  const everySpoke = Array.from({ length: Math.ceil(entities / PRODUCTS) }, (_, index) =>
    spokeName(index),
  );
  const hear = (/** @type {Date} */ at) =>
    inMemory.transact((unit) =>
      unit.spokes.seen(new Map(everySpoke.map((name) => [name, at.toISOString()]))),
    );
  return { context, engine, statements, spokes, hear, generations: new Map(), changed: 0 };
}

/**
 * Everything was evaluated before, so that nobody has to be looked for who was not.
 * @param {import('./fleet.mjs').Fleet} fleet
 * @returns {Iterable<import('@apollo-deploy/orchestration').RowChange>}
 */
function* evaluatedRows(fleet) {
  yield* rowsOf(fleet);
  const at = NOW.toISOString();
  for (const [position, { name: entity }] of fleet.entities.entries()) {
    const target = { version: TARGET, reason: '' };
    const row = { entity, at, code: 'up_to_date', why: '', target };
    yield { table: 'evaluations', key: entity, slot: { row, position } };
  }
}

/**
 * @param {{ small: Hub, large: Hub }} fleets
 * @param {number} count
 * @param {number} rounds
 */
async function compare({ small, large }, count, rounds) {
  /** @type {{ small: number[], large: number[] }} */
  const ms = { small: [], large: [] };
  const times = Math.max(1, RELEASES_A_SAMPLE / count);
  let evaluations = 0;
  for (let round = 1 - WARM_UPS; round <= rounds; round += 1) {
    const [first, second] = [await sample(small, count, times), await sample(large, count, times)];
    evaluations = second.evaluations;
    if (round < 1) continue;
    ms.small.push(first.ms);
    ms.large.push(second.ms);
  }
  const [smallMs, largeMs] = [median(ms.small), median(ms.large)];
  console.error(`  ${count} changed: ${smallMs.toFixed(2)} ms and ${largeMs.toFixed(2)} ms of CPU`);
  return {
    changed: count,
    evaluations,
    expected: count * AROUND,
    smallMs: rounded(smallMs),
    largeMs: rounded(largeMs),
    growth: rounded(largeMs / smallMs),
  };
}

/**
 * What one of several changes in a row costs on average.
 * @param {Hub} hub
 * @param {number} count
 * @param {number} times
 */
async function sample(hub, count, times) {
  collectGarbage();
  let [evaluations, ms] = [0, 0];
  for (let time = 0; time < times; time += 1) {
    const one = await change(hub, count);
    evaluations += one.evaluations;
    ms += one.ms;
  }
  return { evaluations: evaluations / times, ms: ms / times };
}

/**
 * Some releases run another version than before, each ten products away from the next and one a
 * neighbourhood, and the engine evaluates what that marks.
 * @param {Hub} hub
 * @param {number} count
 */
async function change(hub, count) {
  const perSpoke = Math.min(PRODUCTS / 10, count);
  const reports = Array.from({ length: Math.ceil(count / perSpoke) }, () =>
    nextReport(hub, perSpoke),
  );
  const before = process.cpuUsage();
  for (const { session, delta } of reports) {
    valueOf(await recordStateDelta(hub.context, session, delta));
  }
  const evaluations = await drain(hub);
  const { user, system } = process.cpuUsage(before);
  return { evaluations, ms: (user + system) / 1000 };
}

/**
 * The same spokes report in each fleet, so that the same plans come and go over the same past.
 * @param {Hub} hub
 * @param {number} releases
 */
function nextReport(hub, releases) {
  hub.changed += 1;
  const spoke = hub.changed % hub.spokes;
  const name = spokeName(spoke);
  const generation = (hub.generations.get(name) ?? 1) + 1;
  hub.generations.set(name, generation);
  const version = generation % 2 === 0 ? BEFORE : TARGET;
  const valuesDigest = jsonDigest(VALUES);
  const changed = Array.from({ length: releases }, (_, index) =>
    reportOf(spoke * PRODUCTS + index * 10, version, valuesDigest),
  );
  const session = { spoke: name, environment: '', epoch: 1 };
  return { session, delta: { generation, changed, removed: [] } };
}

/** @param {Hub} hub */
async function drain({ engine }) {
  let evaluations = 0;
  for (;;) {
    const evaluated = await engine.drainOnce();
    if (evaluated === 0) return evaluations;
    evaluations += evaluated;
  }
}

/**
 * What the loops of a hub ask while nothing changes and spokes are heard: for what is due, with each
 * turn, and for what is marked, when a commit says that something is.
 * @param {Hub} hub
 */
async function quietTurns(hub) {
  const time = steppedTime(NOW);
  const context = { ...hub.context, clock: time };
  const onFailure = (/** @type {unknown} */ error) => {
    throw error;
  };
  const scheduler = new ReevaluationScheduler({
    ...{ engine: hub.engine, context, timer: time, onFailure },
  });
  let marked = false;
  const unsubscribe = context.store.onCommit(({ dirty }) => (marked ||= dirty));
  await hub.hear(NOW);
  await time.turn(() => scheduler.start());
  if (marked) await drain(hub);
  marked = false;
  let [evaluations, statements] = [0, 0];
  for (let turn = 0; turn < QUIET_TURNS; turn += 1) {
    await hub.hear(time.now());
    const before = hub.statements();
    await time.turn(time.next);
    if (marked) evaluations += await drain(hub);
    statements += hub.statements() - before - STATEMENTS_A_LOOK;
  }
  unsubscribe();
  await scheduler.stop();
  return { turns: QUIET_TURNS, evaluations, statements };
}

/**
 * A clock and a timer for one loop, which go from one of its pauses to the next.
 * @param {Date} from
 */
function steppedTime(from) {
  let at = from.getTime();
  let pauses = () => {};
  let next = () => {};
  return {
    now: () => new Date(at),
    /** @param {number} delayMs @param {() => void} run */
    after(delayMs, run) {
      next = () => {
        at += delayMs;
        run();
      };
      pauses();
      return () => {};
    },
    /** Resolves when the turn that `act` lets begin has ended. @param {() => void} act */
    turn: (act) =>
      new Promise((resolve) => {
        pauses = () => resolve(undefined);
        act();
      }),
    next: () => next(),
  };
}
