import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { packChart } from '../pack-chart.mjs';
import { say } from './terminal.mjs';

const SETTLED_WITHIN_MS = 180_000;
const SETTLED = ['up_to_date', 'failed', 'declined', 'blocked', 'suppressed', 'held'];

/**
 * What examples/catalog.json holds.
 * @typedef {object} Catalog
 * @property {readonly { name: string }[]} products
 * @property {readonly { product: string, version: string, chart: string,
 *   channels: readonly string[], dependencies: readonly unknown[] }[]} releases
 * @property {readonly { name: string, environment: string }[]} entities
 */

/**
 * Registers environments, products, releases and channels of examples/ with the hub, those that it
 * does not have yet: each of them is looked at anew, so an earlier start may have been killed
 * anywhere. What people changed since stays as it is.
 * @param {string} root
 * @param {import('./hub-api.mjs').HubApi} hub
 * @param {readonly { name: string, tier: string }[]} environments
 */
export async function registerExamples(root, hub, environments) {
  const { products, releases } = await readCatalog(root);
  for (const environment of environments) await hub.ensure('/api/v1/environments', environment);
  for (const product of products) await hub.ensure('/api/v1/products', product);
  let added = 0;
  for (const release of releases) {
    if (await hub.ensure('/api/v1/releases', releaseForm(root, release))) added += 1;
    const { product, version } = release;
    for (const channel of release.channels) {
      await hub.send('POST', `/api/v1/channels/${channel}/releases`, { product, version });
    }
  }
  if (added > 0) {
    say('examples', `registered ${String(products.length)} products, ${String(added)} releases`);
  }
}

/**
 * @param {string} root
 * @param {Catalog['releases'][number]} release
 */
function releaseForm(root, { product, version, chart, dependencies }) {
  const form = new FormData();
  form.set('product', product);
  form.set('version', version);
  form.set('dependencies', JSON.stringify(dependencies));
  const bytes = new Uint8Array(packChart(join(root, 'examples', chart)));
  form.set('chart', new Blob([bytes]), `${product}-${version}.tgz`);
  return form;
}

/**
 * Says what should run in dev, unless that was said before, and waits until it does or has failed.
 * @param {string} root
 * @param {import('./hub-api.mjs').HubApi} hub
 * @param {AbortSignal} signal
 */
export async function installExamples(root, hub, signal) {
  const { entities } = await readCatalog(root);
  const known = (await hub.entities('dev')).map(({ name }) => name);
  for (const { name, environment, ...entity } of entities) {
    if (known.includes(name)) continue;
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
    const ours = (await hub.entities('dev')).filter(({ name }) => names.includes(name));
    for (const { name, status, why } of ours) {
      if (last.get(name) !== status) say('examples', `${name}: ${status}, ${why}`);
      last.set(name, status);
    }
    const done = await Promise.all(ours.map((entity) => isSettled(hub, entity)));
    if (done.every(Boolean)) return;
    await delay(250, undefined, { signal });
  }
  say('examples', 'not all of them settled; see the list below');
}

/**
 * A plan that waits for its spoke alone goes on by itself once that has said what it knows.
 * @param {import('./hub-api.mjs').HubApi} hub
 * @param {import('./hub-api.mjs').EntityView} entity
 */
async function isSettled(hub, { status, reported, openPlan }) {
  if (!SETTLED.includes(status) || reported?.stale) return false;
  if (status !== 'blocked' || openPlan === undefined) return true;
  const plan = await hub.find(`/api/v1/plans/${openPlan.id}`);
  /** @type {readonly { code: string }[]} */
  const violations = plan?.violations ?? [];
  return violations.length > 0 && violations.every(({ code }) => code !== 'spoke_ready');
}

/**
 * @param {string} root
 * @returns {Promise<Catalog>}
 */
async function readCatalog(root) {
  return JSON.parse(await readFile(join(root, 'examples/catalog.json'), 'utf8'));
}
