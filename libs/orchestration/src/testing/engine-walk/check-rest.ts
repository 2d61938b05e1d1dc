import { checkDispatched } from './check-dispatched.js';
import { isStale } from './is-stale.js';
import { type Snapshot, takeSnapshot } from './snapshot.js';
import type { WalkWorld } from './walk-world.js';

/**
 * Lets the hub do all that is due now and looks whether it comes to rest: nothing dispatched against
 * what holds, nothing written and nobody evaluated while nothing happens, one open plan an entity,
 * and what events led to is what evaluating everybody afresh leads to. Answers what it holds then.
 */
export async function checkRest(world: WalkWorld): Promise<Snapshot> {
  await turn(world);
  await checkDispatched(world);
  await checkQuiet(world);
  await world.sweep.run();
  await world.drain();
  const held = await takeSnapshot(world);
  await world.engine.evaluateAll();
  await world.drain();
  const fresh = await takeSnapshot(world);
  checkStale(world, held, fresh);
  await checkDispatched(world);
  await checkOpenPlans(world);
  checkAnswers(world, fresh);
  return fresh;
}

async function turn(world: WalkWorld): Promise<number> {
  await world.engine.markDue();
  await world.claims.claimDue();
  return world.drain();
}

async function checkQuiet(world: WalkWorld): Promise<void> {
  const before = await written(world);
  let evaluated = 0;
  for (let turns = 0; turns < 3; turns++) evaluated += await turn(world);
  const after = await written(world);
  if (before !== after) world.finding(`growth: ${before}, then ${after}, and nothing had happened`);
  if (evaluated > 0) world.finding(`busy: ${String(evaluated)} evaluations while nothing happened`);
}

async function written(world: WalkWorld): Promise<string> {
  const plans = await world.plans();
  const entries = await world.read(async ({ audit }) => {
    let count = 0;
    let after: string | undefined;
    do {
      const page = await audit.list({}, { limit: 200, ...(after !== undefined && { after }) });
      count += page.items.length;
      after = page.next;
    } while (after !== undefined);
    return count;
  });
  return `${String(plans.length)} plans and ${String(entries)} audit entries`;
}

function checkStale(world: WalkWorld, held: Snapshot, fresh: Snapshot): void {
  for (const { name, product } of world.entities) {
    const [before, now] = [held.get(name), fresh.get(name)];
    if (before === undefined || now === undefined) continue;
    const environment = (now.plan ?? before.plan)?.environment;
    const others = world.entities.filter((one) => one.product !== product);
    const surroundings = {
      manual: world.environments.get(environment ?? '')?.execution === 'manual',
      neighbourUnderWay: others.some(({ name: other }) => {
        const plan = fresh.get(other)?.plan;
        const underWay = plan?.state === 'EXECUTING' || plan?.state === 'UNKNOWN';
        return underWay && plan.environment === environment;
      }),
    };
    if (!isStale(before, now, surroundings)) continue;
    world.finding(`stale: ${name} was ${JSON.stringify(before)} and is ${JSON.stringify(now)}`);
  }
}

async function checkOpenPlans(world: WalkWorld): Promise<void> {
  const names = world.entities.map(({ name }) => name);
  const open = await world.read((unit) => unit.plans.openOf(names));
  const twice = open.filter(({ entity }, at) => open.findIndex((o) => o.entity === entity) !== at);
  for (const { entity } of twice) world.finding(`two open plans: ${entity}`);
}

function checkAnswers(world: WalkWorld, snapshot: Snapshot): void {
  for (const [name, { code, plan }] of snapshot) {
    if (code === 'never evaluated') world.finding(`no answer: ${name} was never evaluated`);
    if (code === 'planned' && plan === undefined) world.finding(`no plan: ${name} is "planned"`);
    if (plan === undefined) continue;
    const automatic = world.environments.get(plan.environment)?.execution === 'automatic';
    if (plan.state === 'BLOCKED' && plan.codes.length === 0) world.finding(`no reason: ${name}`);
    if (plan.state === 'PENDING' && automatic) world.finding(`not sent: ${name} stays PENDING`);
  }
}
