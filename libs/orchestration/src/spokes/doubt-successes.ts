import { contradictionOf, type Entity, type Plan } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { ReleaseStateRecord, ReleaseSummary, SpokeRecord } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { byHubClock } from './clock-skew.js';
import { noteContradictedSuccess } from './note-contradiction.js';
import { reportedRecord, type StoredReport } from './release-state.js';

/**
 * Holds reports in which Helm has another newest record than before against the last success of each
 * entity, and keeps what contradicts it. A look that is older than the success says nothing against it.
 * One statement for each release at which somebody's Helm was: there are few.
 */
export async function doubtSuccesses(
  context: Context,
  unit: UnitOfWork,
  { name, clockSkewMs }: Pick<SpokeRecord, 'name' | 'clockSkewMs'>,
  moved: readonly ReleaseStateRecord[],
): Promise<void> {
  if (moved.length === 0) return;
  const entities = await unit.entities.ofSpokes([name]);
  for (const report of moved) {
    const entity = entities.find((one) => isOf(one, report));
    if (entity === undefined) continue;
    const { items } = await unit.plans.list(
      { entity: entity.name, state: 'SUCCEEDED' },
      { limit: 1 },
    );
    const [plan] = items;
    if (plan === undefined || isOlder(report, plan, clockSkewMs)) continue;
    await doubtSuccess(context, unit, plan, report);
  }
}

/** As `doubtSuccesses`, with the report that came with the success itself. */
export async function doubtSuccess(
  context: Context,
  unit: UnitOfWork,
  plan: Plan,
  report: Pick<ReleaseStateRecord, 'report'>,
): Promise<void> {
  const seen = reportedRecord(report);
  const contradiction = contradictionOf(plan, seen);
  if (contradiction === undefined) return;
  await noteContradictedSuccess(context, unit, plan, contradiction, seen);
}

function isOf(
  { namespace, releaseName }: Entity,
  report: Pick<ReleaseStateRecord, 'namespace' | 'releaseName'>,
): boolean {
  return namespace === report.namespace && releaseName === report.releaseName;
}

function isOlder(
  { report }: Pick<ReleaseSummary, 'report'>,
  { endedAt }: Plan,
  skewMs: number | undefined,
): boolean {
  const looked = byHubClock((report as StoredReport).observedAt, skewMs);
  return looked === undefined || endedAt === undefined || looked.getTime() < Date.parse(endedAt);
}
