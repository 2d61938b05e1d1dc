import { readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';

const EXAMPLES = fileURLToPath(new URL('../../../examples/', import.meta.url));

interface Catalog {
  readonly products: readonly { name: string; criticality: string; namespace: string }[];
  readonly releases: readonly {
    product: string;
    version: string;
    chart: string;
    channels: readonly string[];
    dependencies: readonly { product: string; range: string }[];
  }[];
  readonly entities: readonly { name: string; product: string; desired: { channel: string } }[];
}

describe('the catalog of the examples', () => {
  let catalog: Catalog;

  beforeAll(async () => {
    catalog = JSON.parse(await readFile(join(EXAMPLES, 'catalog.json'), 'utf8')) as Catalog;
  });

  it('lists every chart in the folder once', async () => {
    const files = await readdir(EXAMPLES, { recursive: true });
    const charts = files.filter((file) => file.endsWith('Chart.yaml')).map((file) => dirname(file));
    expect(catalog.releases.map(({ chart }) => chart).sort()).toEqual(charts.sort());
  });

  it('gives each release the name and version that its chart has', async () => {
    for (const { product, version, chart } of catalog.releases) {
      const text = await readFile(join(EXAMPLES, chart, 'Chart.yaml'), 'utf8');
      expect(text).toContain(`\nname: ${product}\n`);
      expect(text).toContain(`\nversion: ${version}\n`);
    }
  });

  it('has at least two releases of every product', () => {
    for (const { name } of catalog.products) {
      const releases = catalog.releases.filter(({ product }) => product === name);
      expect(releases.length).toBeGreaterThanOrEqual(2);
    }
  });

  it('speaks only of products that it lists', () => {
    const names = catalog.products.map(({ name }) => name);
    const spokenOf = [
      ...catalog.releases.map(({ product }) => product),
      ...catalog.releases.flatMap(({ dependencies }) => dependencies.map(({ product }) => product)),
      ...catalog.entities.map(({ product }) => product),
    ];
    expect(spokenOf.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('has a release in the channel of every entity', () => {
    for (const { product, desired } of catalog.entities) {
      const offered = catalog.releases.filter(
        (release) => release.product === product && release.channels.includes(desired.channel),
      );
      expect(offered).toHaveLength(1);
    }
  });
});
