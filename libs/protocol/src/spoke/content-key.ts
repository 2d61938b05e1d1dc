import { jsonDigest } from '@apollo-deploy/kernel';
import type { OfferedContent } from './plan-offer.js';

/**
 * What is declined when a plan with this content fails: the same for every plan that would bring the
 * same to the same release, whatever ran before. SHA-256, lower-case hex.
 */
export function offeredContentKey(content: OfferedContent): string {
  const { entity, spoke, namespace, releaseName, chart, valuesDigest, strategy } = content;
  return jsonDigest({
    ...{ entity, spoke, namespace, releaseName, valuesDigest, strategy },
    chart: chart && { name: chart.name, version: chart.version, sha256: chart.sha256 },
  });
}
