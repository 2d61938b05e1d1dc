import { describe, expect, it } from '@jest/globals';
import { err, InvariantViolation, ok } from '@apollo-deploy/kernel';
import { aReleaseState, anEntity, aSpoke } from '../testing/records/fleet-records.js';
import { reportedRelease } from '../spokes/release-state.js';
import { pagesOfTwo } from './pages-of-two.contract.js';
import type { SpokeRecord } from './records.js';
import type { Store } from './store.js';

export function describeStoredSpokes(store: () => Store): void {
  describe('spokes', () => {
    const connected: SpokeRecord = aSpoke({
      credential: {
        ...{ publicKey: 'key-1', nextPublicKey: 'key-2', hub: 'hub-1', clusterUid: 'u-1' },
        former: [{ publicKey: 'key-0', replacedAt: '2026-03-02T11:20:00.000Z' }],
        joinedAt: '2026-03-02T11:00:00.000Z',
        acceptedAt: '2026-03-02T11:30:00.000Z',
      },
      alarm: { kind: 'clone', at: '2026-03-02T12:00:00.000Z', message: 'two agents' },
      instances: [{ instance: 'i-1', at: '2026-03-02T12:00:00.000Z' }],
      revocation: {
        ...{ at: '2026-03-01T11:00:00.000Z', by: 'dev-operator', reason: 'copied' },
        publicKeys: ['key-0'],
      },
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
      ledgerEpoch: 3,
      stateGeneration: 12,
      stateAt: '2026-03-02T12:29:00.000Z',
      unknownPlans: [
        {
          planId: 'plan-9',
          namespace: 'shop',
          releaseName: 'web',
          verdict: 'failed',
          at: '2026-03-02T11:00:00.000Z',
        },
      ],
      lostLedgers: [
        {
          ...{ namespace: 'shop', releaseName: 'web', planId: 'plan-8' },
          since: '2026-03-02T11:30:00.000Z',
        },
      ],
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
        return unit.spokes.insert(aSpoke({ epoch: 2 }));
      });
      expect(again).toEqual(err({ code: 'already_exists' }));
    });

    it('takes the save of one that was never inserted for a bug', async () => {
      const save = store().transact((unit) => unit.spokes.save(aSpoke()));
      await expect(save).rejects.toThrow(InvariantViolation);
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

    it('keeps those unchanged that are locked by several, and answers them by name', async () => {
      await store().transact(async (unit) => {
        for (const name of ['c', 'a', 'b']) await unit.spokes.insert(aSpoke({ name }));
      });
      const read = () =>
        store().transact((unit) => unit.spokes.lockShared(['c', 'a', 'unknown', 'a']));
      const expected = [aSpoke({ name: 'a' }), aSpoke({ name: 'c' })];
      expect(await Promise.all([read(), read()])).toStrictEqual([expected, expected]);
      expect(await store().transact((unit) => unit.spokes.lockShared([]))).toEqual([]);
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

    it('lists those of some environments alone, in full pages', async () => {
      const pages = await store().transact(async (unit) => {
        for (const name of ['a', 'b', 'c', 'd', 'e'])
          await unit.spokes.insert(aSpoke({ name, environment: 'bd'.includes(name) ? 'x' : 'y' }));
        return [
          ...(await pagesOfTwo((page) => unit.spokes.list(page, ['y', 'unknown']))),
          ...(await pagesOfTwo((page) => unit.spokes.list(page, []))),
        ];
      });
      expect(pages.map((page) => page.map(({ name }) => name))).toEqual([['a', 'c'], ['e'], []]);
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

    it('are listed by spoke, all or those that no entity stands for, page by page', async () => {
      const names = ['a/x', 'a/y', 'a-b/x', 'b/x', 'b/y'];
      const states = names.map((name) => {
        const [namespace = '', releaseName = ''] = name.split('/');
        return aReleaseState({ namespace, releaseName });
      });
      const listed = await store().transact(async (unit) => {
        await unit.spokes.insert(aSpoke());
        await unit.releaseStates.put([...states].reverse());
        await unit.releaseStates.put([aReleaseState({ ...key('z'), spoke: 'spoke-b' })]);
        const place = { namespace: 'a', releaseName: 'y' };
        await unit.entities.insert(anEntity({ spoke: 'spoke-a', ...place }));
        const list = (unmanaged: boolean) =>
          pagesOfTwo((page) => unit.releaseStates.list({ spoke: 'spoke-a', unmanaged }, page));
        return { all: await list(false), unmanaged: await list(true) };
      });
      const told = (pages: readonly (readonly { namespace: string; releaseName: string }[])[]) =>
        pages.map((page) => page.map((it) => `${it.namespace}/${it.releaseName}`));
      expect(told(listed.all)).toEqual([['a/x', 'a/y'], ['a-b/x', 'b/x'], ['b/y']]);
      expect(told(listed.unmanaged)).toEqual([
        ['a/x', 'a-b/x'],
        ['b/x', 'b/y'],
      ]);
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
}
