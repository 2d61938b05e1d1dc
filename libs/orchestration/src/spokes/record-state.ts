import type { Refusal } from '@apollo-deploy/domain';
import { ok, type Json, jsonDigest, type Result } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import { markWithNeighbours } from '../engine/mark-neighbours.js';
import type { ReleaseStateRecord } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { markAwaiting } from './mark-awaiting.js';
import { noteRuns } from './note-runs.js';
import { fenced, markOpenWork, type SpokeSession } from './spoke-session.js';

/** A release report as the protocol shapes it; the hub's edge has checked it. */
export type ReleaseReportBody = Readonly<Record<string, Json>> & {
  readonly namespace: string;
  readonly releaseName: string;
};

export interface ReleaseName {
  readonly namespace: string;
  readonly releaseName: string;
}

/** Everything a spoke sees. */
export interface FullState {
  readonly generation: number;
  readonly releases: readonly ReleaseReportBody[];
}

/** What changed since the generation before. */
export interface StateDelta {
  readonly generation: number;
  readonly changed: readonly ReleaseReportBody[];
  readonly removed: readonly ReleaseName[];
}

/** `gap`: something is missing in between; nothing was stored, ask for the full state. */
export type StateReceipt = 'stored' | 'known' | 'gap';

/** Replaces what is stored of a spoke's releases; entities whose release changed are evaluated. */
export async function recordFullState(
  context: Context,
  session: SpokeSession,
  state: FullState,
): Promise<Result<StateReceipt, Refusal>> {
  return context.store.transact(async (unit) => {
    const spoke = await fenced(unit, session);
    if (!spoke.ok) return spoke;
    const present = new Set(state.releases.map(nameKey));
    const stored = await unit.releaseStates.ofSpoke(session.spoke);
    const removed = stored.filter((record) => !present.has(nameKey(record)));
    const firstReport = spoke.value.stateAt === undefined;
    const changes = await apply(unit, session.spoke, state.releases, removed);
    const entities = await unit.entities.ofSpokes([session.spoke]);
    await noteRuns(context, unit, session.spoke, entities);
    await markWithNeighbours(
      unit,
      entities.filter((entity) => firstReport || changes.has(nameKey(entity))),
    );
    if (spoke.value.stateEpoch !== session.epoch) {
      await markOpenWork(unit, session.spoke);
      await markAwaiting(unit, session.spoke);
    }
    await unit.spokes.save({
      ...spoke.value,
      stateEpoch: session.epoch,
      stateGeneration: state.generation,
      stateAt: context.clock.now().toISOString(),
    });
    return ok('stored');
  });
}

/** Stores what changed, if it follows on what is stored. */
export async function recordStateDelta(
  context: Context,
  session: SpokeSession,
  delta: StateDelta,
): Promise<Result<StateReceipt, Refusal>> {
  return context.store.transact(async (unit) => {
    const spoke = await fenced(unit, session);
    if (!spoke.ok) return spoke;
    const last = spoke.value.stateGeneration;
    if (last === undefined || delta.generation > last + 1) return ok('gap');
    if (delta.generation <= last) return ok('known');
    const changes = await apply(unit, session.spoke, delta.changed, delta.removed);
    await markChanged(context, unit, session.spoke, changes);
    await unit.spokes.save({
      ...spoke.value,
      stateGeneration: delta.generation,
      stateAt: context.clock.now().toISOString(),
    });
    return ok('stored');
  });
}

/** Stores the state of one release that came with a verdict; `null` = it is absent. */
export async function recordReleaseState(
  context: Context,
  unit: UnitOfWork,
  spoke: string,
  name: ReleaseName,
  report: ReleaseReportBody | null,
): Promise<void> {
  const changes = await apply(
    unit,
    spoke,
    report === null ? [] : [report],
    report === null ? [name] : [],
  );
  await markChanged(context, unit, spoke, changes);
}

async function markChanged(
  context: Context,
  unit: UnitOfWork,
  spoke: string,
  changes: ReadonlySet<string>,
): Promise<void> {
  if (changes.size === 0) return;
  const all = await unit.entities.ofSpokes([spoke]);
  const entities = all.filter((entity) => changes.has(nameKey(entity)));
  await noteRuns(context, unit, spoke, entities);
  await markWithNeighbours(unit, entities);
}

/** Writes what differs from what is stored, and answers which releases that were. */
async function apply(
  unit: UnitOfWork,
  spoke: string,
  reports: readonly ReleaseReportBody[],
  removed: readonly ReleaseName[],
): Promise<ReadonlySet<string>> {
  const records = reports.map((report) => toRecord(spoke, report));
  const stored = await unit.releaseStates.summaries([
    ...records,
    ...removed.map(({ namespace, releaseName }) => ({ spoke, namespace, releaseName })),
  ]);
  const known = new Map(stored.map((record) => [nameKey(record), record.digest]));
  const changed = records.filter((record) => known.get(nameKey(record)) !== record.digest);
  const gone = removed.filter((name) => known.has(nameKey(name)));
  if (changed.length > 0) await unit.releaseStates.put(changed);
  if (gone.length > 0) {
    await unit.releaseStates.remove(
      gone.map(({ namespace, releaseName }) => ({ spoke, namespace, releaseName })),
    );
  }
  return new Set([...changed, ...gone].map(nameKey));
}

function toRecord(spoke: string, report: ReleaseReportBody): ReleaseStateRecord {
  return {
    spoke,
    namespace: report.namespace,
    releaseName: report.releaseName,
    digest: jsonDigest({ ...report, observedAt: null }),
    report,
  };
}

function nameKey({ namespace, releaseName }: ReleaseName): string {
  return `${namespace}/${releaseName}`;
}
