import { describe, expect, it } from '@jest/globals';
import { isOpen, mayMove, type Plan, PLAN_STATES, type PlanState } from '@apollo-deploy/domain';
import { err, ok } from '@apollo-deploy/kernel';
import fc from 'fast-check';
import { aPlan } from '../testing/records/plan-records.js';
import type { PlanFilter, PlanStorage } from './plan-storage.js';
import { pagesOfTwo } from './pages-of-two.contract.js';
import type { Store } from './store.js';

const ENTITIES = ['a', 'b', 'c'] as const;
const ENVIRONMENTS = ['dev', 'prod'] as const;
const MINUTES = [1, 2, 3] as const;

type Step =
  | { readonly kind: 'insert'; readonly entity: string; readonly state: PlanState }
  | {
      readonly kind: 'save';
      /** Which of the plans so far, counted round. */
      readonly which: number;
      /** Which of the states that it may go to, counted round. */
      readonly move: number;
      readonly minute: number;
      /** Saved as if it had been read before somebody else changed it. */
      readonly stale: boolean;
    };

interface UnitOfSteps {
  readonly steps: readonly Step[];
  readonly fails: boolean;
}

const state = fc.constantFrom(...PLAN_STATES);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('insert' as const), entity: fc.constantFrom(...ENTITIES), state }),
  fc.record({
    kind: fc.constant('save' as const),
    which: fc.nat(20),
    move: fc.nat(3),
    minute: fc.constantFrom(...MINUTES),
    stale: fc.boolean(),
  }),
);
const history: fc.Arbitrary<readonly UnitOfSteps[]> = fc.array(
  fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 6 }), fails: fc.boolean() }),
  { minLength: 1, maxLength: 8 },
);

/** Plans by the rules of the port alone, in a list in the order of their making. */
class PlanModel {
  constructor(readonly plans: readonly Plan[] = []) {}

  openOf(entity: string): Plan | undefined {
    return this.plans.find((plan) => plan.entity === entity && isOpen(plan.state));
  }

  with(plan: Plan): PlanModel {
    const others = this.plans.some(({ id }) => id === plan.id);
    return new PlanModel(
      others
        ? this.plans.map((other) => (other.id === plan.id ? plan : other))
        : [...this.plans, plan],
    );
  }

  list({ environment, entity, state: wanted }: PlanFilter): readonly Plan[] {
    return this.plans
      .filter(
        (plan) =>
          plan.environment === environment &&
          (entity === undefined || plan.entity === entity) &&
          (wanted === undefined || plan.state === wanted),
      )
      .toReversed();
  }

  due(now: string): readonly string[] {
    return this.plans
      .flatMap((plan) => (waits(plan) && plan.recheckAt !== undefined ? [plan] : []))
      .filter(({ recheckAt = '' }) => recheckAt <= now)
      .map(({ entity, recheckAt = '' }) => [recheckAt, entity] as const)
      .sort((one, other) => (one < other ? -1 : 1))
      .map(([, entity]) => entity);
  }
}

function waits({ state }: Pick<Plan, 'state'>): boolean {
  return state === 'PENDING' || state === 'BLOCKED';
}

export function describeRandomPlans(store: () => Store): void {
  describe('plans, whatever is done to them', () => {
    it('are what the rules say, through units of work that end and that fail', async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(history, async (units) => {
          run += 1;
          await replay(store(), `run-${String(run)}`, units);
        }),
        { numRuns: 25 },
      );
    });
  });
}

async function replay(store: Store, run: string, units: readonly UnitOfSteps[]): Promise<void> {
  let model = new PlanModel();
  let made = 0;
  for (const { steps, fails } of units) {
    const before = model;
    const work = store.transact(async ({ plans }) => {
      // From the start, should the store run it again.
      model = before;
      for (const each of steps) {
        made += 1;
        model = await apply(plans, model, each, `${run}-${String(made)}`, run);
      }
      await compare(plans, model, run);
      if (fails) throw new Error('the work gave up');
    });
    if (fails) {
      await expect(work).rejects.toThrow('the work gave up');
      model = before;
    } else {
      await work;
    }
    await store.transact(({ plans }) => compare(plans, model, run));
  }
  // So that the next run finds nothing that is open or due.
  await store.transact(async ({ plans }) => {
    for (const plan of model.plans.filter(({ state: now }) => isOpen(now))) {
      const { recheckAt: _, ...rest } = plan;
      await plans.save({ ...rest, state: 'CANCELLED' });
    }
  });
}

async function apply(
  plans: PlanStorage,
  model: PlanModel,
  todo: Step,
  id: string,
  run: string,
): Promise<PlanModel> {
  if (todo.kind === 'insert') {
    const entity = `${run}-${todo.entity}`;
    const environment = `${run}-${ENVIRONMENTS[todo.entity === 'a' ? 0 : 1]}`;
    const plan = aPlan({ id, entity, environment, state: todo.state });
    const taken = isOpen(plan.state) && model.openOf(entity) !== undefined;
    const expected = taken ? err({ code: 'open_plan_exists' }) : ok(plan);
    expect(await plans.insert({ ...plan, version: 9 })).toEqual(expected);
    return taken ? model : model.with(plan);
  }
  const known = model.plans[todo.which % Math.max(1, model.plans.length)];
  if (known === undefined) return model;
  const moves = PLAN_STATES.filter((to) => to === known.state || mayMove(known.state, to));
  const state = moves[todo.move % moves.length] ?? known.state;
  const recheckAt = instant(todo.minute);
  const { recheckAt: _, ...rest } = known;
  const next: Plan = {
    ...rest,
    state,
    ...(waits({ state }) && { recheckAt }),
  };
  if (todo.stale) {
    const stale = { ...next, version: known.version + 1 };
    expect(await plans.save(stale)).toEqual(err({ code: 'version_conflict' }));
    return model;
  }
  const saved = { ...next, version: known.version + 1 };
  expect(await plans.save(next)).toEqual(ok(saved));
  return model.with(saved);
}

async function compare(plans: PlanStorage, model: PlanModel, run: string): Promise<void> {
  const entities = ENTITIES.map((entity) => `${run}-${entity}`);
  expect(await plans.openOf(entities)).toEqual(
    entities.flatMap((entity) => model.openOf(entity) ?? []),
  );
  for (const plan of model.plans) expect(await plans.get(plan.id)).toEqual(plan);
  const environments = ENVIRONMENTS.map((environment) => `${run}-${environment}`);
  const executing = environments.map(
    (environment) => [environment, model.list({ environment, state: 'EXECUTING' }).length] as const,
  );
  const counted = await plans.executing({ environments, products: [], spokes: [] });
  expect(counted.environments).toEqual(new Map(executing));
  for (const minute of MINUTES) {
    const now = instant(minute);
    expect(await plans.dueAt(now, 100)).toEqual(model.due(now));
  }
  for (const environment of environments) {
    const pages = await pagesOfTwo((page) => plans.list({ environment }, page));
    expect(pages.flat()).toEqual(model.list({ environment }));
    const blocked: PlanFilter = { environment, state: 'BLOCKED' };
    expect((await plans.list(blocked, { limit: 200 })).items).toEqual(model.list(blocked));
  }
}

function instant(minute: number): string {
  return `2026-03-02T12:0${String(minute)}:00.000Z`;
}
