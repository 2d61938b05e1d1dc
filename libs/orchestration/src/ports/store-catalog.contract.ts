import { describe, expect, it } from '@jest/globals';
import { err, ok } from '@apollo-deploy/kernel';
import { aChannelEntry, aProduct, aRelease } from '../testing/records/catalog-records.js';
import { anEntity } from '../testing/records/fleet-records.js';
import { pagesOfTwo } from './pages-of-two.contract.js';
import type { Store } from './store.js';

export function describeStoredCatalog(store: () => Store): void {
  describe('products', () => {
    it('keeps every field, and changes by version', async () => {
      const product = aProduct({
        criticality: 'critical',
        owner: 'team-a',
        namespace: 'shared',
        rolloutTimeoutSeconds: 60,
        maxConcurrent: 2,
        labels: { team: 'a', 'apollo.dev/x': 'ä "quoted"' },
      });
      const [inserted, again, saved, late] = await store().transact(async (unit) => [
        await unit.products.insert(product),
        await unit.products.insert(product),
        await unit.products.save({ ...product, owner: 'team-b' }),
        await unit.products.save({ ...product, owner: 'team-c' }),
      ]);
      expect(inserted).toEqual(ok(product));
      expect(again).toEqual(err({ code: 'already_exists' }));
      expect(saved).toEqual(ok({ ...product, owner: 'team-b', version: 2 }));
      expect(late).toEqual(err({ code: 'version_conflict' }));
      expect(await store().transact((unit) => unit.products.getMany(['test-service']))).toEqual([
        { ...product, owner: 'team-b', version: 2 },
      ]);
    });

    it('forgets an optional field that a save leaves out', async () => {
      const read = await store().transact(async (unit) => {
        await unit.products.insert(aProduct({ owner: 'team-a' }));
        await unit.products.save(aProduct());
        return unit.products.get('test-service');
      });
      expect(read).toStrictEqual(aProduct({ version: 2 }));
    });

    it('lists by name in pages', async () => {
      const pages = await store().transact(async (unit) => {
        for (const name of ['c', 'a', 'b']) await unit.products.insert(aProduct({ name }));
        return pagesOfTwo((page) => unit.products.list(page));
      });
      expect(pages.map((page) => page.map(({ name }) => name))).toEqual([['a', 'b'], ['c']]);
    });
  });

  describe('charts', () => {
    it('keeps every byte under its digest, and the same ones twice as one', async () => {
      const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
      await store().transact((unit) => unit.charts.put('c1', bytes));
      await store().transact((unit) => unit.charts.put('c1', bytes));
      const read = await store().transact((unit) => unit.charts.get('c1'));
      expect(Buffer.from(read!).equals(bytes)).toBe(true);
      expect(await store().transact((unit) => unit.charts.get('c2'))).toBeUndefined();
    });

    describe('for a spoke', () => {
      it.each([
        { name: 'of a product that it has', spoke: 'spoke-a', sha256: 'c1', has: true },
        { name: 'of another version of that product', spoke: 'spoke-a', sha256: 'c2', has: true },
        { name: 'of a product that only others have', spoke: 'spoke-a', sha256: 'c3', has: false },
        { name: 'that both have', spoke: 'spoke-b', sha256: 'c2', has: true },
        { name: 'of no release', spoke: 'spoke-a', sha256: 'c4', has: false },
        { name: 'that is not there', spoke: 'spoke-a', sha256: 'c5', has: false },
        { name: 'for a spoke that has nothing', spoke: 'spoke-c', sha256: 'c1', has: false },
      ])('is that $name: $has', async ({ spoke, sha256, has }) => {
        const charted = (id: string, product: string, version: string, chart: string) =>
          aRelease({
            id,
            product,
            version,
            chart: { name: product, version, sha256: chart, size: 1 },
          });
        const read = await store().transact(async (unit) => {
          for (const chart of ['c1', 'c2', 'c3', 'c4']) {
            await unit.charts.put(chart, new TextEncoder().encode(chart));
          }
          await unit.releases.insert(charted('r1', 'web', '1.0.0', 'c1'));
          await unit.releases.insert(charted('r2', 'web', '2.0.0', 'c2'));
          await unit.releases.insert(charted('r3', 'shop', '1.0.0', 'c3'));
          await unit.releases.insert(charted('r4', 'shop', '2.0.0', 'c2'));
          await unit.entities.insert(anEntity({ name: 'a', spoke: 'spoke-a', product: 'web' }));
          await unit.entities.insert(anEntity({ name: 'b', spoke: 'spoke-b', product: 'shop' }));
          return unit.charts.getFor(spoke, sha256);
        });
        expect(read === undefined ? null : new TextDecoder().decode(read)).toBe(
          has ? sha256 : null,
        );
      });
    });
  });

  describe('channels', () => {
    it('takes a release once', async () => {
      const first = aChannelEntry({ addedBy: 'sre-1' });
      const answers = await store().transact(async (unit) => [
        await unit.channels.add(first),
        await unit.channels.add(aChannelEntry({ addedBy: 'sre-2' })),
        await unit.channels.add(aChannelEntry({ channel: 'stable' })),
      ]);
      expect(answers).toEqual([true, false, true]);
      const entries = await store().transact((unit) => unit.channels.ofProducts(['test-service']));
      expect(entries).toHaveLength(2);
      expect(entries).toContainEqual(first);
    });

    it('lets one of two win who add the same release at once', async () => {
      const answers = await Promise.all(
        ['sre-1', 'sre-2'].map((addedBy) =>
          store().transact((unit) => unit.channels.add(aChannelEntry({ addedBy }))),
        ),
      );
      expect([...answers].sort()).toEqual([false, true]);
    });

    it('names the channels that hold anything, in order', async () => {
      const names = await store().transact(async (unit) => {
        expect(await unit.channels.names()).toEqual([]);
        await unit.channels.add(aChannelEntry({ channel: 'stable' }));
        await unit.channels.add(aChannelEntry({ channel: 'dev' }));
        await unit.channels.add(aChannelEntry({ channel: 'dev', version: '1.1.0' }));
        return unit.channels.names();
      });
      expect(names).toEqual(['dev', 'stable']);
    });
  });
}
