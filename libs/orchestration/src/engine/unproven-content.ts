import { contentKey, editsOf, type EntityFacts, type RunningContent } from '@apollo-deploy/domain';

/** Whether it is Healthy, and other content succeeded last, or a plan with this one has failed since. */
export function isUnproven(
  { reported, baseline, declines }: EntityFacts,
  { content }: RunningContent,
): boolean {
  const isProven =
    baseline?.chart.sha256 === content.chart?.sha256 &&
    baseline?.valuesDigest === content.valuesDigest;
  if (reported?.release?.health !== 'Healthy') return false;
  if (!isProven) return true;
  const key = contentKey(content);
  return declines.some((one) => one.contentKey === key && one.failures > 0 && !one.standing);
}

/**
 * Whether it is Healthy and what succeeded last, and was edited since without a plan that brought the
 * edits: they were taken back, or asked for what ran anyway.
 */
export function isEditedSince({ reported, baseline, entity }: EntityFacts): boolean {
  if (baseline === undefined || reported?.release?.health !== 'Healthy') return false;
  const { entityVersion = 0 } = baseline;
  return editsOf(entity).some(({ version }) => version > entityVersion);
}
