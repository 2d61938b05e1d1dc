import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  ConstraintSet,
  type DependencyDeclaration,
  type Release,
  storedRanges,
} from '@apollo-deploy/domain';
import type { ReleaseStateRecord } from '../ports/records.js';
import { putEntity } from '../catalog/put-entity.js';
import { withdrawRecall } from '../recalls/withdraw-recall.js';
import { aProduct, aRelease } from '../testing/records/catalog-records.js';
import { anEntity, aReleaseState, aSpoke } from '../testing/records/fleet-records.js';
import { EngineWorld, must, PERSON } from '../testing/engine-world.js';
import { loadFacts } from './load-facts.js';
import { replicaFacts } from './replica-facts.js';
import { markWithNeighbours } from './mark-neighbours.js';

const SPOKES = 100;
const PRODUCTS = 100;
/** Each product but the first of ten needs the one before it. */
const CHAIN = 10;

const productOf = (index: number): string => `product-${String(index)}`;
const spokeOf = (index: number): string => `spoke-${String(index)}`;
const entityOf = (product: number, spoke: number): string =>
  `${productOf(product)}-${spokeOf(spoke)}`;

function releaseOf(index: number): Release {
  const needed = index % CHAIN === 0 ? undefined : productOf(index - 1);
  return aRelease({
    product: productOf(index),
    dependencies:
      needed === undefined
        ? []
        : [{ product: needed, range: `^1.0.0 || ${String(index)}.x`, optional: false }],
  });
}

function report(releaseName: string): ReleaseStateRecord['report'] {
  const head = {
    revision: 1,
    status: 'deployed',
    chartVersion: '1.0.0',
    valuesDigest: '',
    releaseDigest: '',
  };
  return { namespace: 'apps', releaseName, head, health: 'Healthy', drift: [] };
}

/** 10,000 entities: a hundred products on each of a hundred spokes, half of those in `prod`. */
async function fleet(): Promise<EngineWorld> {
  const world = await EngineWorld.build();
  await world.context.store.transact(async (unit) => {
    const dev = await unit.environments.get('dev');
    await unit.environments.insert({ ...dev!, name: 'prod', tier: 'production' });
    for (let product = 0; product < PRODUCTS; product += 1) {
      await unit.products.insert(aProduct({ name: productOf(product) }));
      await unit.releases.insert(releaseOf(product));
    }
    for (let spoke = 0; spoke < SPOKES; spoke += 1) {
      const environment = spoke % 2 === 0 ? 'dev' : 'prod';
      const name = spokeOf(spoke);
      await unit.spokes.insert(aSpoke({ name, environment, stateAt: '2026-01-05T09:00:00.000Z' }));
      for (let product = 0; product < PRODUCTS; product += 1) {
        const releaseName = productOf(product);
        const entity = entityOf(product, spoke);
        await unit.entities.insert(
          anEntity({
            name: entity,
            spoke: name,
            environment,
            product: releaseName,
            releaseName,
            namespace: 'apps',
            desired: product % 2 === 0 ? { channel: 'dev' } : { range: '^1.0.0' },
            labels: { lane: String(product % 4) },
          }),
        );
        await unit.releaseStates.put([
          aReleaseState({
            spoke: name,
            namespace: 'apps',
            releaseName,
            report: report(releaseName),
          }),
        ]);
      }
    }
  });
  return world;
}

/** Who is to be evaluated now; the queue is empty afterwards. */
async function marked(world: EngineWorld): Promise<readonly string[]> {
  const taken = await world.context.store.transact((unit) => unit.dirty.take(20_000));
  return taken.map(({ entity }) => entity).sort();
}

describe('among 10,000 entities, a change', () => {
  let world: EngineWorld;
  beforeAll(async () => {
    world = await fleet();
    expect(await marked(world)).toEqual([]);
  });

  it('of desired state concerns the entity, what it needs and who needs it on its spoke', async () => {
    must(
      await putEntity(world.context, PERSON, {
        name: entityOf(25, 7),
        spoke: spokeOf(7),
        product: productOf(25),
        namespace: 'apps',
        desired: { range: '^1.0.0' },
        labels: { lane: '1' },
      }),
    );
    expect(await marked(world)).toEqual([entityOf(24, 7), entityOf(25, 7), entityOf(26, 7)]);
  });

  it('of what a spoke reports concerns the same', async () => {
    await world.context.store.transact(async (unit) => {
      await markWithNeighbours(unit, await unit.entities.getMany([entityOf(39, 8)]));
    });
    expect(await marked(world)).toEqual([entityOf(38, 8), entityOf(39, 8)]);
  });

  it('of a channel concerns who follows it with that product', async () => {
    await world.register(productOf(10), '1.2.0');
    expect(await marked(world)).toEqual([]);
    await world.release('1.2.0', productOf(10));
    const expected = Array.from({ length: SPOKES }, (_, spoke) => entityOf(10, spoke)).sort();
    expect(await marked(world)).toEqual(expected);
  });

  it.each([
    { name: 'one entity', scope: { entities: [entityOf(3, 4)] }, count: 1 },
    {
      name: 'a product in an environment',
      scope: { products: [productOf(3)], environments: ['dev'] },
      count: 50,
    },
    {
      name: 'a label in a tier',
      scope: { tiers: ['production' as const], labels: { lane: '2' } },
      count: 1250,
    },
    { name: 'a criticality nobody has', scope: { criticalities: ['critical' as const] }, count: 0 },
    { name: 'an environment', scope: { environments: ['prod'] }, count: 5000 },
  ])('of constraints concerns who is in scope: $name', async ({ name, scope, count }) => {
    await world.constraint({
      name,
      kind: 'suppression_window',
      spec: { start: '2026-01-05T00:00:00Z', end: '2026-01-06T00:00:00Z', reason: 'Stocktaking' },
      scope,
    });
    const names = await marked(world);
    expect(names).toHaveLength(count);
    if (name === 'one entity') expect(names).toEqual([entityOf(3, 4)]);
  });

  it('of recalls concerns the product and its neighbours, each on its spoke', async () => {
    await world.recall('1.x', { product: productOf(59) });
    const expected = Array.from({ length: SPOKES }, (_, spoke) => [
      entityOf(58, spoke),
      entityOf(59, spoke),
    ]);
    expect(await marked(world)).toEqual(expected.flat().sort());
  });

  it('of recalls concerns only whose run or target is in the range', async () => {
    await world.register(productOf(20), '1.5.0');
    await world.recall('1.5.0', { product: productOf(20) });
    expect(await marked(world)).toEqual([]);
    await world.register(productOf(20), '1.6.0');
    const pin = { spoke: spokeOf(7), product: productOf(20), namespace: 'apps' };
    const input = { name: entityOf(20, 7), ...pin, desired: { version: '1.6.0' } };
    must(await putEntity(world.context, PERSON, { ...input, labels: {} }));
    await marked(world);
    const { id } = await world.recall('>=1.6.0', { product: productOf(20) });
    expect(await marked(world)).toEqual([entityOf(20, 7), entityOf(21, 7)]);
    must(await withdrawRecall(world.context, PERSON, id));
    expect(await marked(world)).toEqual([entityOf(20, 7), entityOf(21, 7)]);
  });

  it('has each range parsed once, however many entities are evaluated', async () => {
    const before = storedRanges.parsed;
    const names = Array.from({ length: SPOKES }, (_, spoke) =>
      Array.from({ length: CHAIN }, (__, product) => entityOf(70 + product, spoke)),
    ).flat();
    await world.context.store.transact(async (unit) => {
      const presence = replicaFacts(world.context);
      const facts = await loadFacts(unit, names, presence, new ConstraintSet([]));
      expect(facts).toHaveLength(1000);
      for (const { entityFacts } of facts) {
        const { candidates } = entityFacts;
        for (const release of candidates.releases) {
          expect(candidates.objections(release)).toEqual([]);
        }
      }
    });
    expect(storedRanges.parsed - before).toBe(CHAIN - 1);
  });
});

describe('a release registered of a product that needs who needs it', () => {
  const needing = (product: string): readonly DependencyDeclaration[] => [
    { product, range: '*', optional: false },
  ];

  it.each([
    {
      name: 'says that it now can go first, to who waits for it',
      runs: {},
      dependencies: [],
      expected: ['shop-dev'],
    },
    {
      name: 'concerns nobody where that stays so',
      runs: {},
      dependencies: needing('shop'),
      expected: [],
    },
    {
      name: 'concerns nobody where another version runs',
      runs: { 'base-dev': { version: '1.0.0', revision: 1 } },
      dependencies: [],
      expected: [],
    },
  ])('$name', async ({ runs, dependencies, expected }) => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.product('base', { '1.0.0': needing('shop') });
    await world.product('shop', { '1.0.0': needing('base') });
    await world.product('other', { '1.0.0': needing('base') });
    await world.release('1.0.0', 'shop');
    await world.entity({ channel: 'dev' }, {}, 'base-dev', 'base');
    await world.entity({ channel: 'dev' }, {}, 'shop-dev', 'shop');
    await world.entity({ channel: 'dev' }, {}, 'other-dev', 'other');
    await world.report(runs);
    await world.settle();
    await world.register('base', '1.1.0', dependencies);
    expect(await marked(world)).toEqual(expected);
  });

  it('has the answer of who waits for it say so', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.product('base', { '1.0.0': needing('shop') });
    await world.product('shop', { '1.0.0': needing('base') });
    await world.release('1.0.0', 'shop');
    await world.entity({ channel: 'dev' }, {}, 'base-dev', 'base');
    await world.entity({ channel: 'dev' }, {}, 'shop-dev', 'shop');
    await world.report({});
    await world.settle();
    expect((await world.lastPlan()).violations).toMatchObject([{ code: 'dependency_cycle' }]);
    await world.register('base', '1.1.0');
    await world.settle();
    expect((await world.lastPlan()).violations).toMatchObject([{ code: 'dependency_missing' }]);
  });
});

describe('a plan that sets out', () => {
  it('is told to who waits for what it installs', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.product('base', { '1.0.0': [] });
    await world.product('shop', { '1.0.0': [{ product: 'base', range: '*', optional: false }] });
    await world.release('1.0.0', 'base');
    await world.release('1.0.0', 'shop');
    await world.report({});
    await world.entity({ channel: 'dev' }, {}, 'shop-dev', 'shop');
    await world.entity({ channel: 'dev' }, {}, 'base-dev', 'base');
    await world.settle();
    const shop = (await world.plans()).find(({ entity }) => entity === 'shop-dev');
    expect(shop?.violations).toMatchObject([{ code: 'dependency_unhealthy' }]);
    expect(await marked(world)).toEqual([]);
  });
});
