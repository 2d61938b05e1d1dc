import { describe, expect, it } from '@jest/globals';
import { PLAN_STATES, PLAN_TYPES } from '@apollo-deploy/domain';
import { InMemoryStore } from '../ports/in-memory/in-memory-store.js';
import type { Store } from '../ports/store.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import {
  firstSteps,
  OPERATIONS,
  runWalk,
  seedsOf,
  shortestStory,
} from '../testing/engine-walk/run-walk.js';

/** Between them they get everywhere. `APOLLO_WALK_SEEDS=100-400` walks others, `APOLLO_WALK_STEPS` longer. */
const SEEDS = [12, 18, 22, 23, 27, 36, 42, 48, 50, 56, 60, 62, 63, 65, 66, 71, 72, 83, 84];
const ASKED = process.env['APOLLO_WALK_SEEDS'];
const STEPS = Number(process.env['APOLLO_WALK_STEPS'] ?? 150);
const MINUTES = 60_000;
/** Walks that do not get here say little. */
const EVERYTHING = [...OPERATIONS.map(({ name }) => name), ...PLAN_TYPES, ...PLAN_STATES];

/** A store that works, and where each unit of work has something else in one place. */
function doctored(store: Store, change: (unit: UnitOfWork) => Partial<UnitOfWork>): Store {
  return {
    transact: (work) => store.transact((unit) => work({ ...unit, ...change(unit) })),
    onCommit: (listener) => store.onCommit(listener),
    hearsOthers: () => store.hearsOthers(),
    ready: () => store.ready(),
    close: () => store.close(),
  };
}

/** The repository, with some of its methods replaced. */
function except<T extends object>(repository: T, methods: Partial<T>): T {
  return Object.assign(Object.create(repository) as T, methods);
}

function noneOf(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name) => [name, 0]));
}

describe('an engine through which people, clusters and time walk at random', () => {
  it(
    'keeps its promises after every step',
    async () => {
      const stories: string[] = [];
      const reached = new Set<string>();
      for (const seed of ASKED === undefined ? SEEDS : seedsOf(ASKED)) {
        const walked = await runWalk({
          seed,
          steps: firstSteps(STEPS),
          store: new InMemoryStore(),
        });
        for (const one of walked.reached) reached.add(one);
        if (walked.findings.length === 0) continue;
        stories.push(await shortestStory(seed, walked, () => new InMemoryStore()));
      }
      expect(stories).toEqual([]);
      const missed = EVERYTHING.filter((one) => !reached.has(one));
      expect(ASKED === undefined ? missed : []).toEqual([]);
    },
    30 * MINUTES,
  );

  it.each([
    {
      name: 'an engine that is shown no freeze',
      change: ({ constraints }: UnitOfWork): Partial<UnitOfWork> => ({
        constraints: except(constraints, {
          all: async () =>
            (await constraints.all()).filter(({ kind }) => kind !== 'suppression_window'),
        }),
      }),
      expected: /^dispatched: .* against freeze/,
    },
    {
      name: 'an engine that is told that nothing executes',
      change: ({ plans }: UnitOfWork): Partial<UnitOfWork> => ({
        plans: except(plans, {
          executing: ({ environments, products, spokes }) =>
            Promise.resolve({
              environments: noneOf(environments),
              products: noneOf(products),
              spokes: noneOf(spokes),
            }),
        }),
      }),
      expected: /^limit: /,
    },
    {
      name: 'an engine that takes production for development, where nobody is asked',
      change: ({ environments }: UnitOfWork): Partial<UnitOfWork> => ({
        environments: except(environments, {
          getMany: async (names) =>
            (await environments.getMany(names)).map((one) => ({ ...one, tier: 'development' })),
        }),
      }),
      expected: /^dispatched: .* against its gate/,
    },
    {
      name: 'a queue that keeps no mark',
      change: ({ dirty }: UnitOfWork): Partial<UnitOfWork> => ({
        dirty: except(dirty, { mark: () => Promise.resolve() }),
      }),
      expected: /^(stale|no answer): /,
    },
  ])('$name is found out', async ({ change, expected }) => {
    const found: string[] = [];
    for (let seed = 1; seed <= 8 && found.length === 0; seed++) {
      const truth = new InMemoryStore();
      const store = doctored(truth, change);
      const walked = await runWalk({ seed, steps: firstSteps(STEPS), store, truth });
      found.push(...walked.findings);
    }
    expect(found[0]).toMatch(expected);
  });
});
