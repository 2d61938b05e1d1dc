// What the engine loads before it evaluates, put together from a fleet's rows without a store.
import { dependencyRangeViolations, parseVersion } from '@apollo-deploy/domain';
import { NOW } from './fleet.mjs';
import { valueOf } from './value-of.mjs';

/**
 * @typedef {{
 *   entityFacts: import('@apollo-deploy/domain').EntityFacts,
 *   neighbours: readonly import('@apollo-deploy/domain').Installation[],
 * }} Loaded
 */

/**
 * The facts of every entity. Around each are those on its spoke that it needs or that need it.
 * @param {import('./fleet.mjs').Fleet} fleet
 * @returns {readonly Loaded[]}
 */
export function entityFacts({ entities, products, releases, channels, releaseStates }) {
  const productOf = new Map(products.map((product) => [product.name, product]));
  const releasesOf = groupBy(releases, ({ product }) => product);
  const channelOf = new Map(
    [...groupBy(channels, ({ product }) => product)].map(([product, entries]) => [
      product,
      new Set(entries.map(({ version }) => version)),
    ]),
  );
  const installations = entities.map((entity, index) => {
    const version = releaseStates[index]?.report.head.chartVersion ?? '';
    const release = releasesOf.get(entity.product)?.find((each) => each.version === version);
    const { name, spoke, product } = entity;
    const dependencies = release?.dependencies ?? [];
    return { entity: name, spoke, product, version, running: true, trouble: '', dependencies };
  });
  const bySpoke = groupBy(installations, ({ spoke }) => spoke);
  return entities.map((entity, index) => {
    const { report } = releaseStates[index] ?? { report: undefined };
    const own = installations[index];
    const product = productOf.get(entity.product);
    if (report === undefined || own === undefined || product === undefined) {
      throw new Error(`entity ${entity.name} is not complete`);
    }
    const needed = new Set(own.dependencies.map((each) => each.product));
    const neighbours = (bySpoke.get(entity.spoke) ?? []).filter(
      (other) =>
        needed.has(other.product) ||
        other.dependencies.some((each) => each.product === entity.product),
    );
    const { head } = report;
    return {
      neighbours,
      entityFacts: {
        entity,
        product,
        candidates: {
          releases: releasesOf.get(entity.product) ?? [],
          channelVersions: channelOf.get(entity.product) ?? new Set(),
          floor: own.version,
          objections: ({ version, dependencies }) =>
            dependencyRangeViolations({
              entity: entity.name,
              spoke: entity.spoke,
              product: entity.product,
              targetVersion: version,
              declared: dependencies,
              others: neighbours,
            }),
        },
        declines: [],
        reported: {
          at: NOW.toISOString(),
          release: {
            helmStatus: head.status,
            revision: head.revision,
            version: head.chartVersion,
            valuesDigest: head.valuesDigest,
            releaseDigest: head.releaseDigest,
            health: 'Healthy',
            drifted: false,
          },
        },
      },
    };
  });
}

/**
 * @param {Loaded} loaded
 * @param {import('@apollo-deploy/domain').ProposedPlan} plan
 * @returns {import('@apollo-deploy/domain').ScopeSubject}
 */
export function subjectOf({ entityFacts: { entity, product } }, { type }) {
  return {
    environment: entity.environment,
    tier: 'development',
    product: product.name,
    entity: entity.name,
    planType: type,
    criticality: product.criticality,
    labels: entity.labels,
  };
}

/**
 * @param {Loaded} loaded
 * @param {import('@apollo-deploy/domain').ProposedPlan} plan
 * @returns {import('@apollo-deploy/domain').PlanFacts}
 */
export function planFactsOf({ entityFacts: { entity, product, candidates }, neighbours }, plan) {
  const { type, from, to, planClass, content } = plan;
  const target = candidates.releases.find(({ version }) => version === to?.version);
  return {
    now: NOW,
    planClass,
    requires: [],
    spoke: { name: entity.spoke, presence: 'connected', reported: true, executing: 0 },
    product: { name: entity.product, executing: 0 },
    content,
    environment: { name: entity.environment, executing: 0, suppressedUntil: [], entities: 0 },
    suppression: null,
    hold: null,
    entity: { name: entity.name, trouble: '', bringsWhatRuns: false, askedFor: false },
    dependencies: {
      entity: entity.name,
      spoke: entity.spoke,
      product: entity.product,
      targetVersion: to?.version ?? null,
      declared: target?.dependencies ?? [],
      others: neighbours,
    },
    promotion: null,
    backup: { base: null, record: null },
    breakGlasses: [],
    rule: {
      planType: type,
      entity: entity.name,
      product: product.name,
      owner: '',
      criticality: product.criticality,
      environment: entity.environment,
      tier: 'development',
      spoke: entity.spoke,
      namespace: entity.namespace,
      strategy: entity.strategy,
      fromVersion: from === null ? null : valueOf(parseVersion(from.version)),
      toVersion: to === null ? null : valueOf(parseVersion(to.version)),
      labels: entity.labels,
      healthy: true,
      drifted: false,
    },
  };
}

/**
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => string} key
 */
function groupBy(items, key) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
