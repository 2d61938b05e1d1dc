import type { Scope } from '@apollo-deploy/domain';
import {
  addConstraint,
  type NewConstraint,
  removeConstraint,
} from '../../constraints/add-constraint.js';
import { holdEntity, liftHold } from '../../constraints/hold-entity.js';
import { liftSuppression } from '../../constraints/lift-suppression.js';
import { must, PERSON } from '../engine-world.js';
import type { Operation } from './operation.js';
import type { Random } from './random.js';
import type { WalkWorld } from './walk-world.js';

/** More at a time would leave nothing to happen. */
const MOST_CONSTRAINTS = 5;

/** What people forbid, and allow again. */
export const CONSTRAINT_OPERATIONS: readonly Operation[] = [
  constrain('freeze', 2, (now, random) => ({
    kind: 'suppression_window',
    spec: {
      start: iso(now + random.pick([-60_000, 0, 60_000, 600_000])),
      end: iso(now + random.pick([700_000, 1_800_000, 3_600_000])),
      reason: 'Stocktaking',
      ...(random.once(2) && { hard: true }),
    },
  })),
  constrain('window', 1, (_now, random) => ({
    kind: 'maintenance_window',
    spec: {
      layer: 'environment',
      cron: random.pick(['0 * * * *', '*/20 * * * *', '0 */4 * * *']),
      durationMinutes: 10,
      timezone: 'UTC',
    },
  })),
  constrain('soak', 1, () => ({ kind: 'soak', spec: { minutes: 15 } })),
  constrain('backup', 1, () => ({ kind: 'backup', spec: {} })),
  {
    name: 'unconstrain',
    weight: 4,
    run: async ({ context, constraints }, random) => {
      if (constraints.length === 0) return undefined;
      const [constraint] = constraints.splice(random.below(constraints.length), 1);
      if (constraint === undefined) return undefined;
      must(await removeConstraint(context, PERSON, constraint.id));
      return `${constraint.kind} ${constraint.id}`;
    },
  },
  {
    name: 'hold',
    weight: 3,
    run: async ({ context, entities }, random) => {
      const { name: entity } = random.pick(entities);
      const until = random.pick(['newer', 'lifted'] as const);
      const held = await holdEntity(context, PERSON, { entity, until, reason: 'Fair' });
      return held.ok ? `${entity} until ${until}` : undefined;
    },
  },
  {
    name: 'lift hold',
    weight: 2,
    run: async (world, random) => {
      const { name } = random.pick(world.entities);
      const [hold] = await world.read((unit) => unit.holds.ofEntities([name]));
      if (hold === undefined) return undefined;
      must(await liftHold(world.context, PERSON, hold.id));
      return name;
    },
  },
  {
    name: 'lift suppression',
    weight: 1,
    run: async (world, random) => {
      const { name } = random.pick(world.entities);
      const [one] = await world.read((unit) => unit.suppressions.ofEntities([name]));
      if (one === undefined) return undefined;
      return (await liftSuppression(world.context, PERSON, one.id))?.ok === true ? name : undefined;
    },
  },
];

function constrain(
  name: string,
  weight: number,
  make: (now: number, random: Random) => NewConstraint,
): Operation {
  return {
    name,
    weight,
    run: async (world, random) => {
      if (world.constraints.length >= MOST_CONSTRAINTS) return undefined;
      const given = {
        ...make(world.clock.now().getTime(), random),
        scope: scopeFor(world, random),
      };
      const constraint = must(await addConstraint(world.context, PERSON, given));
      world.constraints.push(constraint);
      return JSON.stringify({ id: constraint.id, spec: given.spec, scope: given.scope });
    },
  };
}

function scopeFor({ entities }: WalkWorld, random: Random): Scope {
  return random.pick<Scope>([
    {},
    { environments: ['dev'] },
    { environments: ['prod'] },
    { products: ['aria'] },
    { entities: [random.pick(entities).name] },
  ]);
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}
