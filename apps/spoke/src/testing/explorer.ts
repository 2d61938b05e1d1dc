/** One thing that can happen next, in words, and what is so afterwards. */
export interface Step<S> {
  readonly name: string;
  readonly to: S;
}

/** A small world of which everything that can happen is known. States are plain JSON. */
export interface Model<S> {
  readonly start: S;
  readonly steps: (state: S) => readonly Step<S>[];
  /** The invariant that does not hold in this state; null if all do. */
  readonly broken: (state: S) => string | null;
  /** What every state must still be able to lead to. */
  readonly settled: (state: S) => boolean;
}

export interface Exploration {
  readonly states: number;
  /** The first that was found, with a shortest way to it. */
  readonly violation: { readonly invariant: string; readonly trace: readonly string[] } | null;
}

const NEVER_SETTLES = 'everything comes to an end';

/**
 * Visits every state that can be reached, breadth first, and stops at the first in which an invariant
 * is broken; then looks for a state from which nothing settled can be reached. Throws beyond `most`
 * states: then the model has grown and says nothing.
 */
export function explore<S>(model: Model<S>, most = 1_000_000): Exploration {
  const found = new Map<string, number>([[JSON.stringify(model.start), 0]]);
  const states: S[] = [model.start];
  const cameFrom: number[] = [-1];
  const cameBy: string[] = [''];
  const edges: [from: number[], to: number[]] = [[], []];
  const traceTo = (index: number): string[] => {
    const trace: string[] = [];
    for (let at = index; at > 0; at = cameFrom[at] ?? 0) trace.unshift(cameBy[at] ?? '');
    return trace;
  };
  for (let index = 0; index < states.length; index += 1) {
    const state = states[index] as S;
    const invariant = model.broken(state);
    if (invariant !== null) {
      return { states: states.length, violation: { invariant, trace: traceTo(index) } };
    }
    for (const { name, to } of model.steps(state)) {
      const key = JSON.stringify(to);
      let next = found.get(key);
      if (next === undefined) {
        next = states.length;
        if (next >= most) throw new Error(`the model has more than ${most} states`);
        found.set(key, next);
        states.push(to);
        cameFrom.push(index);
        cameBy.push(name);
      }
      edges[0].push(index);
      edges[1].push(next);
    }
  }
  const stuck = firstStuck(states.map(model.settled), edges);
  if (stuck === -1) return { states: states.length, violation: null };
  return {
    states: states.length,
    violation: { invariant: NEVER_SETTLES, trace: traceTo(stuck) },
  };
}

/** The first state that no path leads from to a settled one; -1 if there is none. */
function firstStuck(
  settles: boolean[],
  [from, to]: readonly [readonly number[], readonly number[]],
): number {
  for (let grew = true; grew;) {
    grew = false;
    // Most edges lead forward, so most of what is to be found is found in the first pass.
    for (let edge = from.length - 1; edge >= 0; edge -= 1) {
      const [source, target] = [from[edge] ?? 0, to[edge] ?? 0];
      if (settles[target] !== true || settles[source] === true) continue;
      settles[source] = true;
      grew = true;
    }
  }
  return settles.indexOf(false);
}
