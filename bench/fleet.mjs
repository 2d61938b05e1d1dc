// A fleet as the store keeps it: spokes of fifty products in a ring, each needing the next two, ten
// spokes an environment. Everything runs as desired but for every `drift`th entity.
import { jsonDigest, sha256Hex } from '@apollo-deploy/kernel';

export const PRODUCTS = 50;
const SPOKES_PER_ENVIRONMENT = 10;
export const NOW = new Date('2026-03-02T12:00:00.000Z');
const AT = NOW.toISOString();
const VERSIONS = ['1.0.0', '1.1.0', '1.2.0'];
/** The newest in the channel; 1.2.0 is in none. */
export const TARGET = '1.1.0';
export const BEFORE = '1.0.0';
export const VALUES = { replicas: 2, image: { tag: TARGET }, resources: { cpu: '100m' } };

/** @typedef {ReturnType<typeof fleetOf>} Fleet */

/**
 * @param {number} entities
 * @param {{ drift?: number }} [options] `drift`: every so many entities one runs the version before.
 */
export function fleetOf(entities, { drift = 0 } = {}) {
  const spokes = Math.ceil(entities / PRODUCTS);
  const valuesDigest = jsonDigest(VALUES);
  return {
    products: Array.from({ length: PRODUCTS }, (_, index) => productOf(index)),
    releases: Array.from({ length: PRODUCTS }, (_, index) => releasesOf(index)).flat(),
    channels: Array.from({ length: PRODUCTS }, (_, index) =>
      [BEFORE, TARGET].map((version) => ({
        channel: 'stable',
        product: productName(index),
        version,
        addedAt: AT,
        addedBy: 'dev-operator',
      })),
    ).flat(),
    environments: Array.from({ length: Math.ceil(spokes / SPOKES_PER_ENVIRONMENT) }, (_, index) =>
      environmentOf(index),
    ),
    spokes: Array.from({ length: spokes }, (_, index) => spokeOf(index)),
    entities: Array.from({ length: entities }, (_, index) => entityOf(index)),
    releaseStates: Array.from({ length: entities }, (_, index) =>
      releaseState(index, isDrifted(index, drift) ? BEFORE : TARGET, valuesDigest),
    ),
    constraints: constraintsOf(),
  };
}

/**
 * Every `drift`th entity, another product on each spoke.
 * @param {number} index
 * @param {number} drift
 */
function isDrifted(index, drift) {
  return drift > 0 && (index + Math.floor(index / PRODUCTS)) % drift === 0;
}

/** @param {number} index */
function productName(index) {
  return `product-${String(index % PRODUCTS).padStart(2, '0')}`;
}

/** @param {number} spoke */
export function spokeName(spoke) {
  return `spoke-${String(spoke).padStart(5, '0')}`;
}

/** @param {number} index */
function entityName(index) {
  return `${spokeName(Math.floor(index / PRODUCTS))}-${productName(index)}`;
}

/** @param {number} spoke */
function environmentName(spoke) {
  return `site-${String(Math.floor(spoke / SPOKES_PER_ENVIRONMENT)).padStart(4, '0')}`;
}

/**
 * What the spoke says of one release.
 * @param {number} index
 * @param {string} version
 * @param {string} valuesDigest
 */
export function reportOf(index, version, valuesDigest) {
  return {
    namespace: 'apps',
    releaseName: productName(index),
    head: {
      revision: 1,
      status: 'deployed',
      chartName: productName(index),
      chartVersion: version,
      valuesDigest,
      manifestDigest: sha256Hex(`manifest ${version}`),
      secretUid: 'uid-1',
      releaseDigest: sha256Hex(`${entityName(index)} ${version}`),
    },
    health: 'Healthy',
    objects: [],
    pods: [],
    drift: [],
    observedAt: AT,
  };
}

/**
 * The rows of a store in memory.
 * @param {Fleet} fleet
 * @returns {Iterable<import('@apollo-deploy/orchestration').RowChange>}
 */
export function* rowsOf(fleet) {
  const key = (/** @type {readonly string[]} */ ...parts) => JSON.stringify(parts);
  let position = 0;
  /** @type {(table: import('@apollo-deploy/orchestration').TableName, key: string, row: object) => import('@apollo-deploy/orchestration').RowChange} */
  const change = (table, name, row) => ({
    table,
    key: name,
    slot: { row, position: (position += 1) },
  });
  for (const row of fleet.products) yield change('products', row.name, row);
  for (const row of fleet.releases) yield change('releases', row.id, row);
  for (const row of fleet.channels) {
    yield change('channels', key(row.product, row.channel, row.version), row);
  }
  for (const row of fleet.environments) yield change('environments', row.name, row);
  for (const row of fleet.spokes) yield change('spokes', row.name, row);
  for (const row of fleet.entities) yield change('entities', row.name, row);
  for (const row of fleet.releaseStates) {
    yield change('releaseStates', key(row.spoke, row.namespace, row.releaseName), row);
  }
  for (const row of fleet.constraints) yield change('constraints', row.id, row);
}

/**
 * @param {number} index
 * @returns {import('@apollo-deploy/domain').Product}
 */
function productOf(index) {
  return {
    name: productName(index),
    criticality: 'medium',
    rolloutTimeoutSeconds: 300,
    labels: {},
    createdAt: AT,
    version: 1,
  };
}

/**
 * @param {number} index
 * @returns {import('@apollo-deploy/domain').Release[]}
 */
function releasesOf(index) {
  const product = productName(index);
  const needs = [1, 2].map((step) => productName(index + step));
  return VERSIONS.map((version) => ({
    id: `release-${product}-${version}`,
    product,
    version,
    chart: { name: product, version, sha256: sha256Hex(`${product} ${version}`), size: 2048 },
    dependencies: needs.map((needed) => ({ product: needed, range: '^1.0.0', optional: false })),
    recalled: false,
    createdAt: AT,
    createdBy: 'dev-operator',
  }));
}

/**
 * @param {number} index
 * @returns {import('@apollo-deploy/domain').Environment}
 */
function environmentOf(index) {
  return {
    name: environmentName(index * SPOKES_PER_ENVIRONMENT),
    tier: 'development',
    channel: 'stable',
    execution: 'manual',
    rollbackOnFailure: true,
    createdAt: AT,
    version: 1,
  };
}

/** @param {number} index */
function spokeOf(index) {
  return {
    name: spokeName(index),
    environment: environmentName(index),
    credential: {
      publicKey: spokeName(index),
      hub: 'bench',
      clusterUid: spokeName(index),
      joinedAt: AT,
      acceptedAt: AT,
    },
    revoked: false,
    epoch: 1,
    connected: true,
    lastSeenAt: AT,
    stateEpoch: 1,
    stateGeneration: 1,
    stateAt: AT,
    createdAt: AT,
  };
}

/**
 * @param {number} index
 * @returns {import('@apollo-deploy/domain').Entity}
 */
function entityOf(index) {
  const spoke = Math.floor(index / PRODUCTS);
  return {
    name: entityName(index),
    spoke: spokeName(spoke),
    environment: environmentName(spoke),
    product: productName(index),
    namespace: 'apps',
    releaseName: productName(index),
    desired: { channel: 'stable' },
    values: VALUES,
    labels: {},
    strategy: 'rolling',
    editedBy: 'dev-operator',
    createdAt: AT,
    updatedAt: AT,
    version: 1,
  };
}

/**
 * @param {number} index
 * @param {string} version
 * @param {string} valuesDigest
 */
function releaseState(index, version, valuesDigest) {
  const report = reportOf(index, version, valuesDigest);
  const { namespace, releaseName } = report;
  const spoke = spokeName(Math.floor(index / PRODUCTS));
  return { spoke, namespace, releaseName, digest: digestOf(report), report };
}

/** @param {ReturnType<typeof reportOf>} report */
function digestOf(report) {
  return jsonDigest({ ...report, observedAt: null });
}

/** A window that is open now, and a freeze for half of the products. */
function constraintsOf() {
  const stored = { createdBy: 'sre-1', createdAt: AT, version: 1 };
  const window = { layer: 'global', cron: '0 8 * * *', durationMinutes: 600 };
  const freeze = { start: '2026-03-01T00:00:00.000Z', end: '2026-03-09T00:00:00.000Z' };
  const frozen = Array.from({ length: PRODUCTS / 2 }, (_, index) => productName(index * 2));
  return [
    { id: 'constraint-1', name: 'by-day', kind: 'maintenance_window', spec: window, scope: {} },
    {
      ...{ id: 'constraint-2', name: 'freeze', kind: 'suppression_window' },
      ...{ spec: { ...freeze, reason: 'Audit' }, scope: { products: frozen } },
    },
  ].map((constraint) => ({ ...constraint, ...stored }));
}
