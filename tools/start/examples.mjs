import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { packChart } from '../pack-chart.mjs';
import { say } from './terminal.mjs';

const SETTLED_WITHIN_MS = 180_000;
const SETTLED = ['up_to_date', 'failed', 'declined', 'blocked'];

/**
 * Registers environments, products, releases and channels of examples/ with the hub, those that it
 * does not have yet. What people changed since stays as it is.
 * @param {string} root
 * @param {import('./hub-api.mjs').HubApi} hub
 * @param {readonly { name: string, tier: string }[]} environments
 */
export async function registerExamples(root, hub, environments) {
  const { products, releases } = await readCatalog(root);
  for (const environment of environments) await hub.ensure('/api/v1/environments', environment);
  for (const product of products) await hub.ensure('/api/v1/products', product);
  let added = 0;
  for (const { product, version, chart, dependencies, channels } of releases) {
    const form = new FormData();
    form.set('product', product);
    form.set('version', version);
    form.set('dependencies', JSON.stringify(dependencies));
    const bytes = await packChart(join(root, 'examples', chart));
    form.set('chart', new Blob([bytes]), `${product}-${version}.tgz`);
    if (!(await hub.ensure('/api/v1/releases', form))) continue;
    added += 1;
    for (const channel of channels) {
      await hub.ensure(`/api/v1/channels/${channel}/releases`, { product, version });
    }
  }
  if (added > 0) {
    say('examples', `registered ${String(products.length)} products, ${String(added)} releases`);
  }
}

/**
 * Says what should run in dev, unless that was said before, and waits until it does or has failed.
 * @param {string} root
 * @param {import('./hub-api.mjs').HubApi} hub
 * @param {AbortSignal} signal
 */
export async function installExamples(root, hub, signal) {
  const { entities } = await readCatalog(root);
  const { items } = await hub.get('/api/v1/entities?environment=dev&limit=200');
  for (const { name, environment, ...entity } of entities) {
    if (items.some((known) => known.name === name)) continue;
    await hub.send('PUT', `/api/v1/entities/${name}`, { spoke: environment, ...entity });
  }
  await settled(
    hub,
    entities.map(({ name }) => name),
    signal,
  );
}

/**
 * @param {import('./hub-api.mjs').HubApi} hub
 * @param {readonly string[]} names
 * @param {AbortSignal} signal
 */
async function settled(hub, names, signal) {
  const last = new Map();
  for (const until = performance.now() + SETTLED_WITHIN_MS; performance.now() < until;) {
    const { items } = await hub.get('/api/v1/entities?environment=dev&limit=200');
    const ours = items.filter(({ name }) => names.includes(name));
    for (const { name, status, why } of ours) {
      if (last.get(name) !== status) say('examples', `${name}: ${status}, ${why}`);
      last.set(name, status);
    }
    if (ours.every(({ status, reported }) => SETTLED.includes(status) && !reported?.stale)) return;
    await delay(250, undefined, { signal });
  }
  say('examples', 'not all of them settled; see the list below');
}

/** @param {string} root */
async function readCatalog(root) {
  return JSON.parse(await readFile(join(root, 'examples/catalog.json'), 'utf8'));
}
