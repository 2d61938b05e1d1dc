import { describe, expect, it } from '@jest/globals';
import { err, InvariantViolation, ok } from '@apollo-deploy/kernel';
import { anEntity, aReleaseState, aSpoke } from '../testing/records/fleet-records.js';
import type { PlacedEntity } from './neighbourhood.js';
import type { SpokeRecord } from './records.js';
import { pagesOfTwo } from './store-catalog.contract.js';
import { reportedRelease } from '../spokes/release-state.js';
import type { Store } from './store.js';

export function describeStoredFleet(store: () => Store): void {
  describe('spokes', () => {
    const connected: SpokeRecord = aSpoke({
      tokenExpiresAt: '2026-03-02T13:00:00.000Z',
      tokenUsed: true,
      maxConcurrent: 3,
      clockSkewMs: -90_000_000_000,
      epoch: 4,
      connected: true,
      lastSeenAt: '2026-03-02T12:30:00.250Z',
      hello: {
        agentVersion: '0.1.0',
        agentInstance: 'i-1',
        clusterUid: 'u-1',
        helmVersion: 'v4.3.1',
        kubernetesVersion: 'v1.36.3',
        capabilities: ['logs'],
        simulated: false,
      },
      stateGeneration: 12,
      stateAt: '2026-03-02T12:29:00.000Z',
    });

    it('keeps every field, whether it is set or not', async () => {
      await store().transact(async (unit) => {
        expect(await unit.spokes.insert(aSpoke())).toEqual(ok(aSpoke()));
        expect(await unit.spokes.get('spoke-a')).toStrictEqual(aSpoke());
        await unit.spokes.save(connected);
        expect(await unit.spokes.get('spoke-a')).toStrictEqual(connected);
        expect(await unit.spokes.lock('spoke-a')).toStrictEqual(connected);
        await unit.spokes.save(aSpoke({ revoked: true }));
        expect(await unit.spokes.get('spoke-a')).toStrictEqual(aSpoke({ revoked: true }));
        expect(await unit.spokes.lock('spoke-b')).toBeUndefined();
      });
    });

    it('refuses a name that is taken', async () => {
      const again = await store().transact(async (unit) => {
        await unit.spokes.insert(aSpoke());
        return unit.spokes.insert(aSpoke({ tokenHash: 'another' }));
      });
      expect(again).toEqual(err({ code: 'already_exists' }));
    });

    it('takes the save of one that was never inserted for a bug', async () => {
      const save = store().transact((unit) => unit.spokes.save(aSpoke()));
      await expect(save).rejects.toThrow(InvariantViolation);
    });

    it('is found by the hash of its token, also after the token was replaced', async () => {
      await store().transact(async (unit) => {
        await unit.spokes.insert(aSpoke({ tokenHash: 'hash-1' }));
        await unit.spokes.insert(aSpoke({ name: 'spoke-b', tokenHash: 'hash-2' }));
        expect((await unit.spokes.byTokenHash('hash-2'))?.name).toBe('spoke-b');
        await unit.spokes.save(aSpoke({ tokenHash: 'hash-3' }));
        expect((await unit.spokes.byTokenHash('hash-3'))?.name).toBe('spoke-a');
        expect(await unit.spokes.byTokenHash('hash-1')).toBeUndefined();
      });
    });

    it('gives each of several sessions that are admitted at once an epoch of its own', async () => {
      await store().transact((unit) => unit.spokes.insert(aSpoke()));
      const admit = () =>
        store().transact(async (unit) => {
          const spoke = await unit.spokes.lock('spoke-a');
          await unit.spokes.save({ ...spoke!, epoch: spoke!.epoch + 1 });
          return spoke!.epoch + 1;
        });
      const epochs = await Promise.all(Array.from({ length: 5 }, admit));
      expect([...epochs].sort()).toEqual([1, 2, 3, 4, 5]);
    });

    const SEEN: { name: string; stored?: string; seen: string; expected: string }[] = [
      {
        name: 'the first time',
        seen: '2026-03-02T12:00:00.000Z',
        expected: '2026-03-02T12:00:00.000Z',
      },
      {
        name: 'a millisecond later',
        stored: '2026-03-02T12:00:00.000Z',
        seen: '2026-03-02T12:00:00.001Z',
        expected: '2026-03-02T12:00:00.001Z',
      },
      {
        name: 'a millisecond earlier, as by another replica that is slower to write',
        stored: '2026-03-02T12:00:00.001Z',
        seen: '2026-03-02T12:00:00.000Z',
        expected: '2026-03-02T12:00:00.001Z',
      },
    ];
    it.each(SEEN)('notes when it was heard: $name', async ({ stored, seen, expected }) => {
      const spoke = aSpoke({ ...(stored !== undefined && { lastSeenAt: stored }) });
      const read = await store().transact(async (unit) => {
        await unit.spokes.insert(spoke);
        await unit.spokes.insert(aSpoke({ name: 'spoke-b' }));
        await unit.spokes.seen(
          new Map([
            ['spoke-a', seen],
            ['unknown', seen],
          ]),
        );
        return unit.spokes.getMany(['spoke-b', 'spoke-a']);
      });
      expect(read).toStrictEqual([{ ...spoke, lastSeenAt: expected }, aSpoke({ name: 'spoke-b' })]);
    });

    it('hears nobody at all, and changes nothing', async () => {
      const read = await store().transact(async (unit) => {
        await unit.spokes.insert(aSpoke());
        await unit.spokes.seen(new Map());
        return unit.spokes.get('spoke-a');
      });
      expect(read).toStrictEqual(aSpoke());
    });

    it('lists by name in pages', async () => {
      const pages = await store().transact(async (unit) => {
        for (const name of ['c', 'a', 'b']) await unit.spokes.insert(aSpoke({ name }));
        return pagesOfTwo((page) => unit.spokes.list(page));
      });
      expect(pages.map((page) => page.map(({ name }) => name))).toEqual([['a', 'b'], ['c']]);
    });
  });

  describe('release states', () => {
    const key = (releaseName: string, spoke = 'spoke-a') => ({
      spoke,
      namespace: 'test-service',
      releaseName,
    });

    it('keeps the last report of each release', async () => {
      const first = aReleaseState();
      const other = aReleaseState({ releaseName: 'other', report: { pods: [{ ready: true }] } });
      const second = aReleaseState({ digest: 'd2', report: { note: null, size: 1.5 } });
      await store().transact(async (unit) => {
        await unit.releaseStates.put([first, other]);
        await unit.releaseStates.put([second]);
        const { spoke, namespace, releaseName } = second;
        expect(await unit.releaseStates.get(spoke, namespace, releaseName)).toEqual(second);
        expect(await unit.releaseStates.get(spoke, 'elsewhere', releaseName)).toBeUndefined();
        expect(await unit.releaseStates.ofSpoke('spoke-a')).toHaveLength(2);
        expect(await unit.releaseStates.ofSpoke('spoke-b')).toEqual([]);
      });
    });

    it('keeps the later of two reports of one release that come together', async () => {
      const read = await store().transact(async (unit) => {
        await unit.releaseStates.put([
          aReleaseState({ digest: 'd1' }),
          aReleaseState({ digest: 'd2' }),
        ]);
        await unit.releaseStates.put([]);
        return unit.releaseStates.ofSpoke('spoke-a');
      });
      expect(read).toEqual([aReleaseState({ digest: 'd2' })]);
    });

    it('are summed up with all that an evaluation reads of them', async () => {
      const head = {
        ...{ revision: 7, status: 'deployed', chartVersion: '1.2.0', planId: 'plan-1' },
        ...{ valuesDigest: 'v1', releaseDigest: 'r1' },
        deployed: { revision: 6, chartVersion: '1.1.0' },
      };
      const rest = { head, objects: [{ kind: 'Deployment' }], pods: [{ name: 'pod' }] };
      const drift = [{ message: 'replicas: 3, not 2' }, { message: 'image' }];
      const reports = [
        { ...rest, health: 'Healthy', drift: [] },
        { ...rest, health: 'Degraded', reason: 'r', message: 'm', drift },
      ];
      const states = reports.map((report, at) => aReleaseState({ ...key(`r${at}`), report }));
      const summaries = await store().transact(async (unit) => {
        await unit.releaseStates.put(states);
        return unit.releaseStates.summaries(states);
      });
      expect(summaries.map(({ report: _, ...keys }) => keys)).toEqual(
        states.map(({ report: _, ...keys }) => keys),
      );
      expect(summaries.map(reportedRelease)).toEqual(states.map(reportedRelease));
    });

    it('answers and removes many, and only those', async () => {
      await store().transact(async (unit) => {
        await unit.releaseStates.put([
          aReleaseState(key('a')),
          aReleaseState(key('b')),
          aReleaseState(key('a', 'spoke-b')),
        ]);
        const keys = [key('b'), key('a', 'spoke-b'), key('unknown')];
        const many = await unit.releaseStates.summaries(keys);
        expect(many.map(({ spoke, releaseName }) => `${spoke}/${releaseName}`).sort()).toEqual([
          'spoke-a/b',
          'spoke-b/a',
        ]);
        expect(await unit.releaseStates.summaries([])).toEqual([]);
        await unit.releaseStates.remove(keys);
        await unit.releaseStates.remove([]);
        expect(await unit.releaseStates.ofSpoke('spoke-a')).toEqual([aReleaseState(key('a'))]);
        expect(await unit.releaseStates.ofSpoke('spoke-b')).toEqual([]);
      });
    });
  });

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
