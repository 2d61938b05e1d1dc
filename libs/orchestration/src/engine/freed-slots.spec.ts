import { describe, expect, it } from '@jest/globals';
import type { Environment, Plan } from '@apollo-deploy/domain';
import {
  EngineWorld,
  failed,
  must,
  PERSON,
  type SeenRelease,
  SUCCEEDED,
} from '../testing/engine-world.js';
import { aConstraint } from '../testing/records/catalog-records.js';

/** A spoke with nothing installed and `count` entities of `aria` that want to be. */
async function build(count: number, environment: Partial<Environment>): Promise<EngineWorld> {
  const world = await EngineWorld.build(environment);
  await world.connect();
  await world.report({});
  for (let index = 0; index < count; index += 1)
    await world.entity({ channel: 'dev' }, {}, nameOf(index));
  return world;
}

function nameOf(index: number): string {
  return `aria-${String(index).padStart(3, '0')}`;
}

/** Drains the queue until it is empty; answers how many entities were evaluated, `most` or so at most. */
async function evaluations({ engine }: EngineWorld, most = Infinity): Promise<number> {
  let total = 0;
  while (total < most) {
    const evaluated = await engine.drainOnce();
    if (evaluated === 0) break;
    total += evaluated;
  }
  return total;
}

function seen(health: string): SeenRelease {
  return { version: '1.0.0', revision: 1, health };
}

/** Whose plans wait for a slot alone. */
async function inLine(world: EngineWorld): Promise<readonly string[]> {
  const plans = await world.plans();
  return plans.flatMap(({ entity, inLineSince }) => (inLineSince === undefined ? [] : [entity]));
}

async function plansIn(world: EngineWorld, state: Plan['state']): Promise<readonly string[]> {
  return (await world.plans()).filter((plan) => plan.state === state).map(({ entity }) => entity);
}

/** Ends what executes, one after the other, until nothing does; answers who went, in order. */
async function runAll(world: EngineWorld): Promise<{ order: string[]; evaluated: number }> {
  const order: string[] = [];
  let evaluated = await evaluations(world);
  for (;;) {
    const [going] = (await world.plans()).filter(({ state }) => state === 'EXECUTING');
    if (going === undefined) return { order, evaluated };
    order.push(going.entity);
    await world.result(going.id, SUCCEEDED, { version: '1.0.0', revision: 1 });
    evaluated += await evaluations(world);
  }
}

describe('a freed slot', () => {
  it.each([20, 40, 80])('costs no more the more plans wait: %i', async (count) => {
    const world = await build(count, { maxConcurrent: 1 });
    const { order, evaluated } = await runAll(world);
    expect(order).toEqual(Array.from({ length: count }, (_, index) => nameOf(index)));
    expect(evaluated).toBeLessThanOrEqual(5 * count);
  });

  it('says of each plan once that it waits, and once that it does not', async () => {
    const world = await build(20, { maxConcurrent: 2 });
    await runAll(world);
    const actions = (await auditOf(world)).filter((action) => action.includes('block'));
    expect(actions.filter((action) => action === 'plan.block')).toHaveLength(18);
    expect(actions.filter((action) => action === 'plan.unblock')).toHaveLength(18);
  });

  it('is not taken by a plan that comes later than who stands in line', async () => {
    const world = await build(2, { maxConcurrent: 1 });
    await world.settle();
    await world.entity({ channel: 'dev' }, {}, 'aria-zzz');
    await world.settle();
    await world.goTo('2026-01-05T09:01:00.000Z');
    // Another release is wanted of what goes now, so its entity wants the slot at once again.
    const [first] = await plansIn(world, 'EXECUTING');
    await world.release('1.1.0');
    await world.settle();
    const going = (await world.plans()).find(({ state }) => state === 'EXECUTING');
    await world.result(going?.id ?? '', SUCCEEDED, { version: '1.0.0', revision: 1 });
    await world.settle();
    expect(first).toBe('aria-000');
    expect(await plansIn(world, 'EXECUTING')).toEqual(['aria-001']);
    expect(await plansIn(world, 'BLOCKED')).toEqual(['aria-zzz', 'aria-000']);
  });

  it('passes to the next when whom it was offered to is held by something else', async () => {
    const world = await build(4, { maxConcurrent: 1 });
    await world.settle();
    await freeze(world, 'aria-001', 'aria-002');
    const [going] = (await world.plans()).filter(({ state }) => state === 'EXECUTING');
    await world.result(going?.id ?? '', SUCCEEDED, { version: '1.0.0', revision: 1 });
    await world.settle();
    expect(await plansIn(world, 'EXECUTING')).toEqual(['aria-003']);
    expect(await plansIn(world, 'BLOCKED')).toEqual(['aria-001', 'aria-002']);
  });

  it('passes to the next when the evaluation of whom it was offered to fails', async () => {
    const world = await build(4, { maxConcurrent: 1 });
    await world.settle();
    await world.context.store.transact(async (unit) => {
      for (const name of ['aria-001', 'aria-002']) {
        const broken = await unit.entities.get(name);
        if (broken !== undefined)
          await unit.entities.save({ ...broken, desired: { range: '>>1' } });
      }
    });
    const { order } = await runAll(world);
    expect(order).toEqual(['aria-000', 'aria-003']);
    expect(world.bugs).toEqual(['aria-001', 'aria-002']);
  });

  it('is not offered to plans that wait for what runs to prove itself', async () => {
    const world = await build(3, { maxConcurrent: 1 });
    await world.settle();
    for (const name of ['aria-000', 'aria-001']) {
      const plan = (await world.plans()).find(({ entity }) => entity === name);
      await world.result(plan?.id ?? '', failed('unhealthy'), seen('Degraded'));
      await world.settle();
    }
    await world.goTo('2026-01-05T09:30:00.000Z');
    await world.engine.markDue();
    await world.settle();
    expect(await inLine(world)).toEqual(['aria-000', 'aria-001']);
    await world.report({ 'aria-000': seen('Healthy'), 'aria-001': seen('Healthy') });
    await world.settle();
    expect(await inLine(world)).toEqual([]);

    const going = (await world.plans()).find(({ state }) => state === 'EXECUTING');
    await world.result(going?.id ?? '', SUCCEEDED, seen('Healthy'));
    expect(await evaluations(world, 20)).toBeLessThanOrEqual(5);
    expect(await plansIn(world, 'BLOCKED')).toEqual(['aria-000', 'aria-001']);
  });

  it('lets all who stand in line be started, where people start plans', async () => {
    const world = await build(4, { maxConcurrent: 1, execution: 'manual' });
    await world.settle();
    const [first] = await world.plans();
    must(await world.engine.executePlan(PERSON, first?.id ?? ''));
    for (const plan of (await world.plans()).slice(1)) {
      expect(await world.engine.executePlan(PERSON, plan.id)).toMatchObject({
        error: { code: 'plan/not_ready' },
      });
    }
    await world.settle();
    expect(await plansIn(world, 'BLOCKED')).toEqual(['aria-001', 'aria-002', 'aria-003']);
    await world.result(first?.id ?? '', SUCCEEDED, { version: '1.0.0', revision: 1 });
    await world.settle();
    expect(await plansIn(world, 'PENDING')).toEqual(['aria-001', 'aria-002', 'aria-003']);
  });
});

describe('a place in line that a plan took over', () => {
  it.each([
    { name: 'is started by a person', started: true },
    { name: 'is evaluated', started: false },
  ])('is kept while the plan is PENDING, and had again when it $name', async ({ started }) => {
    const world = await EngineWorld.build({ maxConcurrent: 1, execution: 'manual' });
    await world.connect();
    await world.report({});
    const NAMES = ['going', 'first', 'between', 'last'];
    for (const [index, name] of NAMES.entries()) {
      await world.goTo(`2026-01-05T09:0${String(index)}:00.000Z`);
      await world.entity({ channel: 'dev' }, {}, name);
      await world.settle();
      if (index === 0) must(await world.engine.executePlan(PERSON, (await world.lastPlan()).id));
    }
    expect(await lineOf(world)).toEqual(['first', 'between', 'last']);
    await world.goTo('2026-01-05T09:05:00.000Z');
    await world.entity({ version: '1.1.0' }, {}, 'first');
    await world.settle();
    expect(await lineOf(world)).toEqual(['first', 'between', 'last']);

    const planOf = async (name: string): Promise<string> =>
      (await world.plans()).filter(({ entity }) => entity === name).at(-1)?.id ?? '';
    await world.result(await planOf('going'), SUCCEEDED, { version: '1.0.0', revision: 1 });
    await world.settle();
    expect(await plansIn(world, 'PENDING')).toEqual(['between', 'last', 'first']);
    must(await world.engine.executePlan(PERSON, await planOf('last')));
    for (const name of ['between', 'first']) {
      if (started) await world.engine.executePlan(PERSON, await planOf(name));
      else await world.engine.evaluate(PERSON, name);
    }
    expect(await lineOf(world)).toEqual(['first', 'between']);
  });
});

describe('limits', () => {
  it('of a product and of a spoke hold beside that of the environment, each with its numbers', async () => {
    const world = await EngineWorld.build({ maxConcurrent: 5 });
    await change(world, { product: 2, spoke: 3 });
    await world.product('base', { '1.0.0': [] });
    await world.release('1.0.0', 'base');
    await world.connect();
    await world.report({});
    for (let index = 0; index < 4; index += 1) {
      await world.entity({ channel: 'dev' }, {}, nameOf(index));
    }
    await world.entity({ channel: 'dev' }, {}, 'base-0', 'base');
    await world.entity({ channel: 'dev' }, {}, 'base-1', 'base');
    await world.settle();
    expect(await plansIn(world, 'EXECUTING')).toEqual(['aria-000', 'aria-001', 'base-0']);
    const held = (await world.plans()).filter(({ state }) => state === 'BLOCKED');
    const why = held.map(({ entity, violations }) => [entity, violations.map(({ data }) => data)]);
    const product = { product: 'aria', executing: 2, maxConcurrent: 2 };
    const spoke = { spoke: 'dev', executing: 3, maxConcurrent: 3 };
    expect(why).toEqual([
      ['aria-002', [product, spoke]],
      ['aria-003', [product, spoke]],
      ['base-1', [spoke]],
    ]);
  });

  it('let a slot of one pass over who also needs a slot of another', async () => {
    const world = await EngineWorld.build({ maxConcurrent: 2 });
    await change(world, { product: 1 });
    await world.product('base', { '1.0.0': [] });
    await world.release('1.0.0', 'base');
    await world.connect();
    await world.report({});
    for (const name of ['aria-0', 'aria-1', 'aria-2'])
      await world.entity({ channel: 'dev' }, {}, name);
    for (const name of ['base-0', 'base-1'])
      await world.entity({ channel: 'dev' }, {}, name, 'base');
    await world.settle();
    expect(await plansIn(world, 'EXECUTING')).toEqual(['aria-0', 'base-0']);
    const base = (await world.plans()).find(({ entity }) => entity === 'base-0');
    await world.result(base?.id ?? '', SUCCEEDED, { version: '1.0.0', revision: 1 });
    await world.settle();
    expect(await plansIn(world, 'EXECUTING')).toEqual(['aria-0', 'base-1']);
    expect(await plansIn(world, 'BLOCKED')).toEqual(['aria-1', 'aria-2']);
  });

  it('allow ten plans at once on a spoke that does not say', async () => {
    const world = await build(12, {});
    await world.settle();
    expect(await plansIn(world, 'EXECUTING')).toHaveLength(10);
    const [held] = (await world.plans()).filter(({ state }) => state === 'BLOCKED');
    expect(held?.violations).toEqual([
      {
        code: 'concurrency',
        message:
          '10 of 10 plans already execute on spoke dev; this one goes when one of them ends and its turn comes',
        data: { spoke: 'dev', executing: 10, maxConcurrent: 10 },
      },
    ]);
  });
});

/** Limits that were set when the product and the spoke were made. */
async function change(
  { context }: EngineWorld,
  { product, spoke }: { readonly product?: number; readonly spoke?: number },
): Promise<void> {
  await context.store.transact(async (unit) => {
    const aria = await unit.products.get('aria');
    const dev = await unit.spokes.lock('dev');
    if (aria !== undefined && product !== undefined) {
      await unit.products.save({ ...aria, maxConcurrent: product });
    }
    if (dev !== undefined && spoke !== undefined) {
      await unit.spokes.save({ ...dev, maxConcurrent: spoke });
    }
  });
}

/** Stores a freeze of these as an outage would leave it: nobody was marked for it. */
async function freeze({ context }: EngineWorld, ...entities: string[]): Promise<void> {
  const frozen = aConstraint({ scope: { entities }, spec: FREEZE });
  await context.store.transact((unit) => unit.constraints.insert(frozen));
}

const FREEZE = {
  start: '2026-01-01T00:00:00.000Z',
  end: '2026-02-01T00:00:00.000Z',
  reason: 'Holiday freeze',
};

/** Who stands in line for a slot of the environment, in order. */
async function lineOf({ context }: EngineWorld): Promise<readonly string[]> {
  const nobody = { environments: [], products: [], spokes: [] };
  const line = await context.store.transact((unit) =>
    unit.plans.line({ ...nobody, environments: ['dev'] }, nobody, 10),
  );
  return line.map(({ entity }) => entity);
}

async function auditOf({ context }: EngineWorld): Promise<readonly string[]> {
  const page = await context.store.transact((unit) => unit.audit.list({}, { limit: 200 }));
  return page.items.map(({ action }) => action);
}
