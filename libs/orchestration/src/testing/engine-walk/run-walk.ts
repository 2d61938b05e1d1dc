import type { Store } from '../../ports/store.js';
import { APPROVAL_OPERATIONS } from './approval-operations.js';
import { CATALOG_OPERATIONS } from './catalog-operations.js';
import { checkRest } from './check-rest.js';
import { CONSTRAINT_OPERATIONS } from './constraint-operations.js';
import { pickOperation } from './operation.js';
import { PLAN_OPERATIONS } from './plan-operations.js';
import { Random } from './random.js';
import type { Snapshot } from './snapshot.js';
import { SPOKE_OPERATIONS } from './spoke-operations.js';
import { WalkWorld } from './walk-world.js';

/** What may happen. */
export const OPERATIONS = [
  ...APPROVAL_OPERATIONS,
  ...CATALOG_OPERATIONS,
  ...CONSTRAINT_OPERATIONS,
  ...PLAN_OPERATIONS,
  ...SPOKE_OPERATIONS,
];
/** Attempts at a shorter trace. */
const MOST_ATTEMPTS = 80;

export interface Walk {
  readonly seed: number;
  /** Which of the seed's steps are taken, in order. What a step draws does not depend on the others. */
  readonly steps: readonly number[];
  /** A store that is empty, for the engine. */
  readonly store: Store;
  /** What the checkers read, where that is another. */
  readonly truth?: Store;
}

export interface Walked {
  /** What was done, a line a step. */
  readonly trace: readonly string[];
  /** Of the first step after which something was wrong; it is the last one taken. */
  readonly findings: readonly string[];
  /** What the engine held after each step. */
  readonly snapshots: readonly Snapshot[];
  /** What was reached: operations by name, and the states and types of all plans. */
  readonly reached: ReadonlySet<string>;
}

/** Does what a seed says, step by step, and checks after each. */
export async function runWalk({ seed, steps, store, truth = store }: Walk): Promise<Walked> {
  const world = new WalkWorld(store, truth);
  const trace: string[] = [];
  const reached = new Set<string>();
  await world.build(new Random(seed));
  const snapshots = [await checkRest(world)];
  for (const step of steps) {
    if (world.findings.length > 0) break;
    const random = new Random(seed * 10_007 + step + 1);
    const operation = pickOperation(OPERATIONS, random);
    const done = await operation.run(world, random);
    if (done === undefined) continue;
    reached.add(operation.name);
    trace.push(`${String(step)} ${world.clock.now().toISOString()} ${operation.name}: ${done}`);
    const snapshot = await checkRest(world);
    snapshots.push(snapshot);
    for (const { plan } of snapshot.values()) if (plan !== undefined) reached.add(plan.state);
  }
  for (const { state, type } of await world.plans()) reached.add(state).add(type);
  return { trace, findings: world.findings, snapshots, reached };
}

/** `7` or `100-400`, both included. */
export function seedsOf(range: string): readonly number[] {
  const [from = 0, to = from] = range.split('-').map(Number);
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

/** The first steps of a seed. */
export function firstSteps(count: number): readonly number[] {
  return Array.from({ length: count }, (_, step) => step);
}

/** The story of a walk that found something, on as few of its steps as a bounded search leaves. */
export async function shortestStory(
  seed: number,
  found: Walked,
  newStore: () => Store,
): Promise<string> {
  const kind = kindOf(found);
  let shortest = found;
  let attempts = 0;
  for (let size = found.trace.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < shortest.trace.length && attempts < MOST_ATTEMPTS;) {
      attempts += 1;
      const steps = stepsOf(shortest);
      const fewer = [...steps.slice(0, from), ...steps.slice(from + size)];
      const walked = await runWalk({ seed, steps: fewer, store: newStore() });
      const same = walked.findings.length > 0 && kindOf(walked) === kind;
      if (same && walked.trace.length < shortest.trace.length) shortest = walked;
      else from += size;
    }
  }
  return [`seed ${String(seed)}`, ...shortest.trace, ...shortest.findings].join('\n  ');
}

/** The word before the first colon of a finding. */
function kindOf({ findings }: Walked): string | undefined {
  return findings[0]?.split(':')[0];
}

function stepsOf({ trace }: Walked): readonly number[] {
  return trace.map((line) => Number.parseInt(line, 10));
}
