import { describe, expect, it } from '@jest/globals';
import type { Rollout } from '@apollo-deploy/domain';
import { err, InvariantViolation, ok } from '@apollo-deploy/kernel';
import { anEntity, aReleaseState } from '../testing/records/fleet-records.js';
import type { PlacedEntity } from './neighbourhood.js';
import { pagesOfTwo } from './pages-of-two.contract.js';
import type { Store } from './store.js';

export function describeStoredEntities(store: () => Store): void {
  describe('entities', () => {
    it('keeps every field of a new one, as version 1, whatever is desired', async () => {
      const wanted = [{ channel: 'dev' }, { range: '^1' }, { version: '1.0.0' }, { absent: true }];
      await store().transact(async (unit) => {
        for (const [index, desired] of wanted.entries()) {
          const entity = anEntity({
            name: `entity-${index}`,
            desired: desired as { channel: string },
            values: { replicas: 2, nested: { list: [1, 'two', null, false], empty: {} } },
            labels: { team: 'a' },
            updatedAt: '2026-03-02T12:00:00.999Z',
          });
          expect(await unit.entities.insert({ ...entity, version: 9 })).toEqual(ok(entity));
          expect(await unit.entities.get(entity.name)).toStrictEqual(entity);
        }
      });
    });

    it('keeps what becomes of fields that others have set, until it is saved without that', async () => {
      await store().transact(async (unit) => {
        await unit.entities.insert(anEntity({ fieldConflicts: 'refuse' }));
        const refusing = await unit.entities.get('test-service-dev');
        expect(refusing).toStrictEqual(anEntity({ fieldConflicts: 'refuse' }));
        await unit.entities.save(anEntity());
        const overriding = await unit.entities.get('test-service-dev');
        expect(overriding).toStrictEqual(anEntity({ version: 2 }));
      });
    });

    it('keeps what a deployment tells its chart, until it is saved without that', async () => {
      const rollout: Rollout = {
        ...{ deployment: 'deploy_1', chartSha256: 'a'.repeat(64), firstPlan: 'plan-1' },
        strategy: 'canary',
        values: { strategy: 'canary', stable: '1.0.0', candidate: '1.1.0', weight: 20 },
      };
      await store().transact(async (unit) => {
        await unit.entities.insert(anEntity({ rollout }));
        const rolling = await unit.entities.get('test-service-dev');
        expect(rolling).toStrictEqual(anEntity({ rollout }));
        await unit.entities.save(anEntity());
        const over = await unit.entities.get('test-service-dev');
        expect(over).toStrictEqual(anEntity({ version: 2 }));
      });
    });

    it('keeps that its release may be adopted, until it is saved without that', async () => {
      await store().transact(async (unit) => {
        await unit.entities.insert(anEntity({ adopt: true }));
        const adopting = await unit.entities.get('test-service-dev');
        expect(adopting).toStrictEqual(anEntity({ adopt: true }));
        await unit.entities.save(anEntity());
        const leaving = await unit.entities.get('test-service-dev');
        expect(leaving).toStrictEqual(anEntity({ version: 2 }));
      });
    });

    it('keeps who has edited it, and by which versions', async () => {
      const edits = [
        { by: 'ann', version: 1 },
        { by: 'bot "\u2028"', version: 12 },
      ];
      await store().transact(async (unit) => {
        await unit.entities.insert(anEntity({ edits }));
        expect(await unit.entities.get('test-service-dev')).toStrictEqual(anEntity({ edits }));
      });
    });

    it('refuses a name that is taken, and a release on the spoke that is taken', async () => {
      const refusals = await store().transact(async (unit) => {
        await unit.entities.insert(anEntity({ releaseName: 'r' }));
        return [
          await unit.entities.insert(anEntity({ releaseName: 'another' })),
          await unit.entities.insert(anEntity({ name: 'another', releaseName: 'r' })),
        ];
      });
      expect(refusals).toEqual([err({ code: 'already_exists' }), err({ code: 'already_exists' })]);
    });

    it('may have the same release name in another namespace or on another spoke', async () => {
      const answers = await store().transact(async (unit) => [
        await unit.entities.insert(anEntity({ name: 'a', releaseName: 'r' })),
        await unit.entities.insert(anEntity({ name: 'b', releaseName: 'r', namespace: 'other' })),
        await unit.entities.insert(anEntity({ name: 'c', releaseName: 'r', spoke: 'spoke-b' })),
      ]);
      expect(answers.map((answer) => answer.ok)).toEqual([true, true, true]);
    });

    it('changes only over the version that the writer read', async () => {
      await store().transact((unit) => unit.entities.insert(anEntity()));
      const saves = await Promise.all(
        [{ version: '1.1.0' }, { version: '1.2.0' }].map((desired) =>
          store().transact((unit) => unit.entities.save(anEntity({ desired }))),
        ),
      );
      expect(saves.filter((save) => save.ok)).toHaveLength(1);
      expect(saves).toContainEqual(err({ code: 'version_conflict' }));
      expect(
        (await store().transact((unit) => unit.entities.get('test-service-dev')))?.version,
      ).toBe(2);
    });

    it('takes a move onto the release of another for a bug', async () => {
      const move = store().transact(async (unit) => {
        await unit.entities.insert(anEntity({ name: 'a', releaseName: 'r' }));
        await unit.entities.insert(anEntity({ name: 'b', releaseName: 's' }));
        return unit.entities.save(anEntity({ name: 'b', releaseName: 'r' }));
      });
      await expect(move).rejects.toThrow(InvariantViolation);
    });

    const FLEET = [
      { name: 'a', spoke: 'spoke-1', environment: 'dev', product: 'web' },
      { name: 'b', spoke: 'spoke-1', environment: 'dev', product: 'api' },
      { name: 'c', spoke: 'spoke-2', environment: 'prod', product: 'web' },
      { name: 'd', spoke: 'spoke-2', environment: 'prod', product: 'api' },
      { name: 'e', spoke: 'spoke-3', environment: 'prod', product: 'web' },
    ];
    const insertFleet = () =>
      store().transact(async (unit) => {
        for (const entity of [...FLEET].reverse()) await unit.entities.insert(anEntity(entity));
      });

    it('is found by release, spoke, product and name', async () => {
      await insertFleet();
      const found = await store().transact(async (unit) => ({
        release: (await unit.entities.byRelease('spoke-2', 'test-service', 'c'))?.name,
        elsewhere: await unit.entities.byRelease('spoke-1', 'test-service', 'c'),
        spokes: (await unit.entities.ofSpokes(['spoke-3', 'spoke-1', 'spoke-1'])).map(
          ({ name }) => name,
        ),
        noSpoke: await unit.entities.ofSpokes([]),
        product: (await unit.entities.ofProduct('web')).map(({ name }) => name).sort(),
        names: (await unit.entities.getMany(['e', 'unknown', 'a'])).map(({ name }) => name),
      }));
      expect(found).toEqual({
        release: 'c',
        elsewhere: undefined,
        spokes: ['a', 'b', 'e'],
        noSpoke: [],
        product: ['a', 'c', 'e'],
        names: ['a', 'e'],
      });
    });

    it.each([
      {
        name: 'one product in one environment',
        environments: ['prod'],
        products: ['web'],
        expected: ['c', 'e'],
      },
      {
        name: 'several in several, named twice or unknown',
        environments: ['prod', 'dev', 'nowhere', 'dev'],
        products: ['web', 'api', 'unknown', 'web'],
        expected: ['a', 'b', 'c', 'd', 'e'],
      },
      { name: 'no product', environments: ['prod'], products: [], expected: [] },
      { name: 'no environment', environments: [], products: ['web'], expected: [] },
    ])(
      'is found by product and environment: $name',
      async ({ environments, products, expected }) => {
        await insertFleet();
        const found = await store().transact((unit) =>
          unit.entities.ofProductsIn(environments, products),
        );
        expect(found).toEqual(
          FLEET.filter(({ name }) => expected.includes(name)).map((entity) => anEntity(entity)),
        );
      },
    );

    /** Two spokes of `dev` have both, but `web` is installed on the first only; the third has `shop` alone. */
    const PLACES = [
      { name: 'web-1', spoke: 's1', product: 'web' },
      { name: 'web-2', spoke: 's2', product: 'web' },
      { name: 'shop-1', spoke: 's1', product: 'shop' },
      { name: 'shop-2', spoke: 's2', product: 'shop' },
      { name: 'shop-3', spoke: 's3', product: 'shop' },
      { name: 'web-prod', spoke: 'p1', product: 'web', environment: 'prod' },
      { name: 'shop-prod', spoke: 'p2', product: 'shop', environment: 'prod' },
    ].map((change) => anEntity({ environment: 'dev', releaseName: change.name, ...change }));
    const insertPlaces = () =>
      store().transact(async (unit) => {
        for (const entity of PLACES) await unit.entities.insert(entity);
        const { spoke, namespace, releaseName } = PLACES[0]!;
        await unit.releaseStates.put([aReleaseState({ spoke, namespace, releaseName })]);
      });
    const placed = (found: readonly PlacedEntity[], count: number) =>
      Array.from({ length: count }, (_, index) =>
        found
          .filter(({ place }) => place === index)
          .map(({ entity }) => entity)
          .join(' '),
      );

    it('answers where a dependency leads to: on the spoke if installed there, else all over', async () => {
      await insertPlaces();
      const places = [
        { environment: 'dev', spoke: 's1', product: 'web' },
        { environment: 'dev', spoke: 's2', product: 'web' },
        { environment: 'dev', spoke: 's3', product: 'web' },
        { environment: 'prod', spoke: 'p2', product: 'web' },
        { environment: 'dev', spoke: 's1', product: 'unknown' },
        { environment: 'dev', spoke: 's1', product: 'web' },
      ];
      const found = await store().transact((unit) => unit.entities.providersFor(places));
      expect(placed(found, places.length)).toEqual([
        'web-1',
        'web-1 web-2',
        'web-1 web-2',
        'web-prod',
        '',
        'web-1',
      ]);
      expect(await store().transact((unit) => unit.entities.providersFor([]))).toEqual([]);
    });

    it('answers whose dependency leads to a spoke: those on it, and those that have none', async () => {
      await insertPlaces();
      const shop = { product: 'web', dependent: 'shop' };
      const places = [
        { environment: 'dev', spoke: 's1', ...shop },
        { environment: 'dev', spoke: 's2', ...shop },
        { environment: 'prod', spoke: 'p1', ...shop },
        { environment: 'dev', spoke: 's1', product: 'shop', dependent: 'web' },
        { environment: 'dev', spoke: 's1', product: 'web', dependent: 'unknown' },
      ];
      const found = await store().transact((unit) => unit.entities.dependentsAt(places));
      expect(placed(found, places.length)).toEqual([
        'shop-1 shop-2 shop-3',
        'shop-2 shop-3',
        'shop-prod',
        'web-1 web-2',
        '',
      ]);
    });

    it.each([
      { name: 'one', environments: ['dev'], expected: ['a', 'b'] },
      {
        name: 'several, named twice or unknown',
        environments: ['prod', 'dev', 'nowhere', 'prod'],
        expected: ['a', 'b', 'c', 'd', 'e'],
      },
      { name: 'none', environments: [], expected: [] },
    ])('answers the names in environments: $name', async ({ environments, expected }) => {
      await insertFleet();
      expect(await store().transact((unit) => unit.entities.namesIn(environments))).toEqual(
        expected,
      );
    });

    it('counts the entities of environments', async () => {
      await insertFleet();
      const counts = await store().transact((unit) =>
        unit.entities.countIn(['prod', 'dev', 'empty']),
      );
      expect([...counts].sort()).toEqual([
        ['dev', 2],
        ['empty', 0],
        ['prod', 3],
      ]);
    });

    it('follows one that moves, in what it is found by', async () => {
      await insertFleet();
      const found = await store().transact(async (unit) => {
        const moved = { ...FLEET[0], environment: 'prod', product: 'api' };
        await unit.entities.save(anEntity({ ...moved, version: 1 }));
        return {
          before: (await unit.entities.ofProductsIn(['dev'], ['web'])).map(({ name }) => name),
          after: (await unit.entities.ofProductsIn(['prod'], ['api'])).map(({ name }) => name),
          names: await unit.entities.namesIn(['prod']),
        };
      });
      expect(found).toEqual({ before: [], after: ['a', 'd'], names: ['a', 'c', 'd', 'e'] });
    });

    it.each([
      { name: 'all', filter: {}, expected: [['a', 'b'], ['c', 'd'], ['e']] },
      { name: 'an environment', filter: { environment: 'prod' }, expected: [['c', 'd'], ['e']] },
      { name: 'a product', filter: { product: 'api' }, expected: [['b', 'd']] },
      { name: 'a spoke', filter: { spoke: 'spoke-3' }, expected: [['e']] },
      {
        name: 'all three',
        filter: { environment: 'prod', product: 'web', spoke: 'spoke-2' },
        expected: [['c']],
      },
      { name: 'nobody', filter: { environment: 'dev', spoke: 'spoke-3' }, expected: [[]] },
      {
        name: 'some environments',
        filter: { environments: ['prod', 'unknown'] },
        expected: [['c', 'd'], ['e']],
      },
      {
        name: 'an environment that is none of them',
        filter: { environment: 'dev', environments: ['prod'] },
        expected: [[]],
      },
      { name: 'no environment', filter: { environments: [] }, expected: [[]] },
    ])('lists by name in pages: of $name', async ({ filter, expected }) => {
      await insertFleet();
      const pages = await store().transact((unit) =>
        pagesOfTwo((page) => unit.entities.list(filter, page)),
      );
      expect(pages.map((page) => page.map(({ name }) => name))).toEqual(expected);
    });

    it('answers names in pages for a sweep', async () => {
      await insertFleet();
      expect(
        await store().transact((unit) => pagesOfTwo((page) => unit.entities.names(page))),
      ).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    });
  });
}
