import {
  isPlanRevision,
  underlyingState,
  type HelmValues,
  type ReleaseOperation,
  type ReleaseReader,
  type ReleaseRecord,
  type ReleaseState,
} from '@apollo-deploy/helm';
import { InvariantViolation } from '@apollo-deploy/kernel';
import type { OfferedContent, PlanOffer } from '@apollo-deploy/protocol';

export interface OperationFacts {
  readonly offer: PlanOffer;
  /** The head the plan was made for; revision 0 without a Secret where there was none. */
  readonly base: { readonly revision: number; readonly secretUid: string | null };
  /** Path of the chart archive; null for an uninstall. */
  readonly chartPath: string | null;
  /** The revision a rollback goes back to; null if its history holds none of a plan with this content. */
  readonly rollbackTo: number | null;
}

/** What the operator is asked to do for a plan. */
export function releaseOperationOf(facts: OperationFacts): ReleaseOperation {
  const { offer, base } = facts;
  const { content, planId } = offer;
  const target = {
    planId,
    release: content.releaseName,
    namespace: content.namespace,
    base,
    ...(content.adopt === true && { adopt: true }),
    ...(content.fieldConflicts !== undefined && { fieldConflicts: content.fieldConflicts }),
  };
  if (content.type === 'uninstall') return { type: 'uninstall', ...target };
  // A revision that a rollback brings back has the labels of before: it would not be Apollo's.
  if (content.type === 'rollback' && facts.rollbackTo !== null && content.adopt !== true) {
    return { type: 'rollback', ...target, revision: facts.rollbackTo };
  }
  const withContent = { ...target, chart: chartOf(facts), values: offer.values as HelmValues };
  // History no longer holds the content of this rollback, so it is brought back from the chart.
  if (content.type === 'rollback') return { type: 'upgrade', ...withContent };
  return { type: content.type, ...withContent };
}

function chartOf({ offer: { content }, chartPath }: OperationFacts): {
  readonly path: string;
  readonly name: string;
  readonly version: string;
} {
  if (content.chart === null || chartPath === null) {
    throw new InvariantViolation(`a plan of type ${content.type} reached Helm without a chart`);
  }
  return { path: chartPath, name: content.chart.name, version: content.chart.version };
}

/**
 * The newest good revision before the plan's base with the plan's chart and values that a plan has made,
 * found by what it contains and never by counting back; null if there is none. Under the same name,
 * version and values anybody may have installed something else.
 */
export async function findRevision(
  reader: Pick<ReleaseReader, 'read'>,
  state: ReleaseState,
  content: OfferedContent,
): Promise<number | null> {
  const history = underlyingState(state)?.history ?? [];
  const before = content.base?.revision ?? 0;
  const good = history.filter(
    ({ revision, status }) =>
      revision < before && (status === 'superseded' || status === 'deployed'),
  );
  for (const candidate of good.toReversed()) {
    const read = await reader.read(content.namespace, candidate);
    if (!read.ok || !isPlanRevision(read.value)) continue;
    if (hasContent(read.value, content)) return read.value.revision;
  }
  return null;
}

/** True if this revision is what the plan wants to run. */
export function hasContent(
  record: Pick<ReleaseRecord, 'chartName' | 'chartVersion' | 'valuesDigest'>,
  content: OfferedContent,
): boolean {
  const { chart, valuesDigest } = content;
  return (
    chart !== null &&
    record.chartName === chart.name &&
    record.chartVersion === chart.version &&
    record.valuesDigest === valuesDigest
  );
}
