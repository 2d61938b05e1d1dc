import type { StoredConstraint } from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { removeConstraint } from '../constraints/add-constraint.js';
import { RecurringScheduleService } from '../constraints/recurring-schedule-service.js';
import { InMemoryStore } from '../ports/in-memory/in-memory-store.js';
import type { Store } from '../ports/store.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { EngineWorld, must, PERSON } from '../testing/engine-world.js';
import { OrchestrationEngine } from './orchestration-engine.js';

const STRANGE: StoredConstraint = {
  id: 'strange',
  name: 'full moon',
  kind: 'moon_phase',
  spec: { phase: 'full' },
  scope: { entities: ['inside'] },
  createdBy: 'sre-1',
  createdAt: '2026-01-01T00:00:00.000Z',
  version: 1,
};

let world: EngineWorld;
beforeEach(async () => {
  world = await EngineWorld.build();
  await world.connect();
  await world.report({});
});

/** As a newer version of the hub, or a hand, may have left it. */
async function store(constraint: StoredConstraint): Promise<void> {
  must(await world.context.store.transact((unit) => unit.constraints.insert(constraint)));
}

async function bothEntities(): Promise<void> {
  for (const name of ['inside', 'outside']) await world.entity({ channel: 'dev' }, {}, name);
}

async function states(): Promise<readonly string[]> {
  const plans = await world.plans();
  return plans
    .map(({ entity, state, violations }) =>
      [entity, state, ...violations.map(({ code }) => code)].join(' '),
    )
    .sort();
}

describe('a stored constraint that cannot be read', () => {
  it('holds the plans in its scope by its name, and what is outside of it goes', async () => {
    await store(STRANGE);
    await bothEntities();
    await world.settle();
    expect(await states()).toEqual(['inside BLOCKED constraint_unreadable', 'outside EXECUTING']);
    const held = (await world.plans()).find(({ entity }) => entity === 'inside');
    expect(held?.violations[0]?.message).toBe(
      'constraint "full moon" cannot be read (kind "moon_phase" is not known), so nothing in its scope goes; bring the hub to the version that wrote it, or remove it (DELETE /api/v1/constraints/strange) and add it anew',
    );
    expect(world.bugs).toEqual([]);
  });

  it('can be removed, and what it held goes', async () => {
    await store({ ...STRANGE, scope: { ...STRANGE.scope, moons: 7 } as object });
    await bothEntities();
    await world.settle();
    must(await removeConstraint(world.context, PERSON, 'strange'));
    await world.settle();
    expect(await states()).toEqual(['inside EXECUTING', 'outside EXECUTING']);
  });

  it('is told of once for each of its versions, whatever else changes', async () => {
    const told: string[] = [];
    const engine = new OrchestrationEngine(
      world.context,
      (entity) => world.bugs.push(entity),
      ({ stored, unreadable = '' }) =>
        told.push(`${stored.name}@${String(stored.version)}: ${unreadable}`),
    );
    await store(STRANGE);
    await bothEntities();
    await engine.evaluateAll();
    await engine.evaluateAll();
    await world.constraint({ kind: 'backup', name: 'backups', spec: {} });
    await engine.evaluateAll();
    expect(told).toEqual(['full moon@1: kind "moon_phase" is not known']);
  });

  it('opens no windows, and other schedules open theirs', async () => {
    const schedule = { kind: 'maintenance_window', scope: {} };
    await store({ ...STRANGE, ...schedule, spec: { layer: 'moon' } });
    await store({
      ...{ ...STRANGE, ...schedule, id: 'mornings', name: 'mornings' },
      spec: { layer: 'environment', cron: '0 9 * * *', durationHours: 1, mustFitMinutes: 10 },
    });
    const { claimed } = await new RecurringScheduleService(world.context).claimOccurrences();
    expect(claimed.map(({ startsAt }) => startsAt)).toEqual(['2026-01-05T09:00:00.000Z']);
  });
});

/** A store in which the first offer that is written meets a bug. */
class FirstOfferFails extends InMemoryStore implements Store {
  private failed = false;

  override transact<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    return super.transact((unit) => {
      const add: UnitOfWork['outbox']['add'] = async (message) => {
        if (this.failed) return unit.outbox.add(message);
        this.failed = true;
        throw new InvariantViolation('an offer without a chart');
      };
      const outbox = Object.create(unit.outbox, { add: { value: add } }) as UnitOfWork['outbox'];
      return work({ ...unit, outbox });
    });
  }
}

it('a bug while one plan is sent sets it aside, and the others go', async () => {
  world = await EngineWorld.build({}, new FirstOfferFails());
  await world.connect();
  await world.report({});
  await bothEntities();
  await world.settle();
  expect(world.bugs).toHaveLength(1);
  expect((await states()).map((state) => state.split(' ')[1]).sort()).toEqual([
    'BLOCKED',
    'EXECUTING',
  ]);
});
