import { contentKey, planDigest } from '@apollo-deploy/domain';
import { jsonDigest, sha256Hex } from '@apollo-deploy/kernel';
import { BEFORE, NOW, TARGET, VALUES } from './fleet.mjs';

/**
 * PENDING upgrades as the engine makes them, each of another entity.
 * @param {number} count
 * @returns {readonly import('@apollo-deploy/domain').Plan[]}
 */
export function somePlans(count) {
  return Array.from({ length: count }, (_, index) => planOf(`product-${index}`));
}

/**
 * @param {string} product
 * @returns {import('@apollo-deploy/domain').Plan}
 */
function planOf(product) {
  /** @type {import('@apollo-deploy/domain').PlanContent} */
  const content = {
    entity: `${product}-prod`,
    spoke: 'prod',
    namespace: 'apps',
    releaseName: product,
    type: 'upgrade',
    base: { revision: 3, releaseDigest: sha256Hex('head') },
    chart: { name: product, version: TARGET, sha256: sha256Hex(`${product} ${TARGET}`) },
    valuesDigest: jsonDigest(VALUES),
    strategy: 'rolling',
    rolloutTimeoutSeconds: 300,
  };
  return {
    id: `plan-${product}`,
    entity: content.entity,
    environment: 'prod',
    spoke: 'prod',
    product,
    type: 'upgrade',
    planClass: 'ordinary',
    state: 'PENDING',
    content,
    digest: planDigest(content),
    contentKey: contentKey(content),
    values: VALUES,
    from: { version: BEFORE, revision: 3 },
    to: { version: TARGET },
    reason: `${product} ${TARGET} should run; ${BEFORE} does`,
    passedOver: [],
    violations: [],
    attempt: 1,
    createdAt: NOW.toISOString(),
    version: 1,
  };
}
