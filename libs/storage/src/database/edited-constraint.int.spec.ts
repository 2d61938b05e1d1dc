import { describe, expect, it } from '@jest/globals';
import { OrchestrationEngine, removeConstraint } from '@apollo-deploy/orchestration';
import { EngineWorld, must, PERSON } from '@apollo-deploy/orchestration/testing';
import { sharedDatabase } from '../testing/shared-database.js';

const database = sharedDatabase();

/** A freeze of the far future, which holds nothing, over `inside` alone; `outside` is beside it. */
async function twoEntities(): Promise<{ readonly world: EngineWorld; readonly freeze: string }> {
  const world = await EngineWorld.build({}, await database.open());
  await world.connect();
  await world.report({});
  for (const name of ['inside', 'outside']) await world.entity({ channel: 'dev' }, {}, name);
  const { id } = await world.constraint({
    name: 'far freeze',
    kind: 'suppression_window',
    spec: { start: '2099-01-01T00:00:00Z', end: '2099-01-02T00:00:00Z', reason: 'Stocktaking' },
    scope: { entities: ['inside'] },
  });
  return { world, freeze: id };
}

async function states(world: EngineWorld): Promise<readonly string[]> {
  const plans = await world.plans();
  return plans
    .map(({ entity, state, violations }) =>
      [entity, state, ...violations.map(({ code }) => code)].join(' '),
    )
    .sort();
}

describe('a constraint that was edited by SQL', () => {
  it.each([
    {
      name: 'its spec',
      change: `spec = '{"reason": "Stocktaking", "start": "soon"}'`,
      why: /^spec\.start: start is "soon"/,
    },
    {
      name: 'its spec, to nothing',
      change: `spec = 'null'`,
      why: /^spec\.reason: reason is missing/,
    },
    { name: 'its kind', change: `kind = 'moon_phase'`, why: /^kind "moon_phase" is not known$/ },
    {
      name: 'its scope',
      change: `scope = '{"entities": ["inside"], "moons": ["full"]}'`,
      why: /^scope\.moons is not known$/,
    },
  ])('holds what it is about and nothing else: $name', async ({ change, why }) => {
    const { world, freeze } = await twoEntities();
    await database.query(`UPDATE constraints SET ${change}, version = version + 1`);
    const told: string[] = [];
    const engine = new OrchestrationEngine(
      world.context,
      (entity) => world.bugs.push(entity),
      ({ unreadable = '' }) => told.push(unreadable),
    );
    while ((await engine.drainOnce()) > 0);
    expect(await states(world)).toEqual([
      'inside BLOCKED constraint_unreadable',
      'outside EXECUTING',
    ]);
    expect(told).toEqual([expect.stringMatching(why)]);
    expect(world.bugs).toEqual([]);

    must(await removeConstraint(world.context, PERSON, freeze));
    while ((await engine.drainOnce()) > 0);
    expect(await states(world)).toEqual(['inside EXECUTING', 'outside EXECUTING']);
  });
});
