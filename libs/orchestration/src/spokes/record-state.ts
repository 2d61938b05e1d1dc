import type { Refusal } from '@apollo-deploy/domain';
import { ok, type Json, jsonDigest, type Result } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import { markWithNeighbours } from '../engine/mark-neighbours.js';
import type {
  ReleaseStateRecord,
  ReleaseSummary,
  SpokeRecord,
  SpokeSight,
} from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { doubtSuccesses } from './doubt-successes.js';
import { markAwaiting } from './mark-awaiting.js';
import { noteRuns } from './note-runs.js';
import { reportedRecord } from './release-state.js';
import { isSameSight, sees, withSight } from './sight.js';
import { markOpenWork } from './mark-open-work.js';
import { fenced, type SpokeSession } from './spoke-session.js';

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
  /** Absent = it sees the whole cluster. */
  readonly sight?: SpokeSight;
}

/** What changed since the generation before. */
export interface StateDelta {
  readonly generation: number;
  readonly changed: readonly ReleaseReportBody[];
  readonly removed: readonly ReleaseName[];
}

/** `gap`: something is missing in between; nothing was stored, ask for the full state. */
export type StateReceipt = 'stored' | 'known' | 'gap';

/**
 * Replaces what is stored of a spoke's releases, as far as it sees them; entities whose release changed,
 * or came into sight, are evaluated.
 */
export async function recordFullState(
  context: Context,
  session: SpokeSession,
  state: FullState,
): Promise<Result<StateReceipt, Refusal>> {
  return context.store.transact(async (unit) => {
    const fence = await fenced(unit, session);
    if (!fence.ok) return fence;
    const spoke = seeing(fence.value, state.sight);
    const present = new Set(state.releases.map(nameKey));
    const stored = await unit.releaseStates.ofSpoke(session.spoke);
    const removed = stored.filter(
      (record) => !present.has(nameKey(record)) && sees(spoke.hello, record.namespace),
    );
    const seesOther = !isSameSight(fence.value.hello?.sight, state.sight);
    if (seesOther) await unit.spokes.save(spoke);
    const looksAnew = spoke.stateAt === undefined || seesOther;
    const changes = await apply(unit, session.spoke, state.releases, removed);
    const entities = await unit.entities.ofSpokes([session.spoke]);
    await noteRuns(context, unit, session.spoke, entities);
    await doubtSuccesses(context, unit, spoke, changes.moved);
    await markWithNeighbours(
      unit,
      entities.filter((entity) => looksAnew || changes.names.has(nameKey(entity))),
    );
    if (spoke.stateEpoch !== session.epoch) {
      await markOpenWork(unit, session.spoke);
      await markAwaiting(unit, session.spoke);
    }
    await unit.spokes.save({
      ...spoke,
      stateEpoch: session.epoch,
      stateGeneration: state.generation,
      stateAt: trueAt(context, spoke),
    });
    return ok('stored');
  });
}

function seeing(spoke: SpokeRecord, sight: SpokeSight | undefined): SpokeRecord {
  const { hello, ...rest } = spoke;
  return hello === undefined ? rest : { ...rest, hello: withSight(hello, sight) };
}

/** What a spoke says that cannot see its cluster is no newer than what it said before. */
function trueAt({ clock }: Context, { hello, stateAt }: SpokeRecord): string {
  const now = clock.now().toISOString();
  return hello?.blindSince === undefined ? now : (stateAt ?? hello.blindSince);
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
    await doubtSuccesses(context, unit, spoke.value, changes.moved);
    await unit.spokes.save({
      ...spoke.value,
      stateGeneration: delta.generation,
      stateAt: trueAt(context, spoke.value),
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
  changes: StateChanges,
): Promise<void> {
  if (changes.names.size === 0) return;
  const all = await unit.entities.ofSpokes([spoke]);
  const entities = all.filter((entity) => changes.names.has(nameKey(entity)));
  await noteRuns(context, unit, spoke, entities);
  await markWithNeighbours(unit, entities);
}

/** What differed from what was stored. */
interface StateChanges {
  /** Names of the releases. */
  readonly names: ReadonlySet<string>;
  /** Reports of releases whose newest record is another one than was stored. */
  readonly moved: readonly ReleaseStateRecord[];
}

/** Writes what differs from what is stored. */
async function apply(
  unit: UnitOfWork,
  spoke: string,
  reports: readonly ReleaseReportBody[],
  removed: readonly ReleaseName[],
): Promise<StateChanges> {
  const records = reports.map((report) => toRecord(spoke, report));
  const stored = await unit.releaseStates.summaries([
    ...records,
    ...removed.map(({ namespace, releaseName }) => ({ spoke, namespace, releaseName })),
  ]);
  const known = new Map(stored.map((record) => [nameKey(record), record]));
  const changed = records.filter((record) => known.get(nameKey(record))?.digest !== record.digest);
  const gone = removed.filter((name) => known.has(nameKey(name)));
  if (changed.length > 0) await unit.releaseStates.put(changed);
  if (gone.length > 0) {
    await unit.releaseStates.remove(
      gone.map(({ namespace, releaseName }) => ({ spoke, namespace, releaseName })),
    );
  }
  const moved = changed.filter((record) => {
    const before = known.get(nameKey(record));
    return before !== undefined && !isSameRecord(before, record);
  });
  return { names: new Set([...changed, ...gone].map(nameKey)), moved };
}

function isSameRecord(one: ReleaseSummary, other: ReleaseSummary): boolean {
  return reportedRecord(one).releaseDigest === reportedRecord(other).releaseDigest;
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
