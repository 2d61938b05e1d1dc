import { type DoraBreak, type DoraRow, endedBy } from './dora-row.js';

/** Within so many hours after its end a rollback or a hotfix is put down to a deployment. */
export const DORA_ATTRIBUTION_HOURS = 24;

const ATTRIBUTION_MS = DORA_ATTRIBUTION_HOURS * 3_600_000;

/** Why a deployment counts in no figure. */
export const DORA_EXCLUSIONS = [
  'under_way',
  'aborted',
  'no_change',
  'drift_repair',
  'rollback',
] as const;
export type DoraExclusion = (typeof DORA_EXCLUSIONS)[number];

/** A deployment that counts. */
export interface DoraUnit {
  readonly row: DoraRow & { readonly endedAt: string };
  /** Why it counts as failed; absent: it does not. */
  readonly failure?: DoraFailure;
  /** From then on nothing is put down to it any more. Milliseconds since 1970. */
  readonly settlesAt: number;
}

export interface DoraFailure {
  /** What showed it first: that it did not complete itself, or what was asked for afterwards. */
  readonly by: 'itself' | 'rollback' | 'hotfix';
  readonly begins: { readonly at: string; readonly by: DoraBreak | 'intervention_asked' };
  /** When something at the place was verified healthy again; absent: not yet. */
  readonly recoveredAt?: string;
}

/** The deployments of one place, each either a unit or excluded. */
export interface DoraPlace {
  /** In the order in which they ended. */
  readonly units: readonly DoraUnit[];
  readonly excluded: ReadonlyMap<string, DoraExclusion>;
}

interface Draft {
  readonly row: DoraUnit['row'];
  failure?: DoraFailure;
}

/**
 * Which deployments of one service in one environment count, which of them failed, and when that was
 * over. A rollback or a hotfix that touched something is put down to what ran when it was asked for: once
 * per deployment, however many there are. What has gone back, by itself or by a rollback, is not what runs.
 *
 * @param rows of one place, in any order.
 * @param asOf what was after it is not known. Milliseconds since 1970.
 */
export function doraUnits(rows: readonly DoraRow[], asOf: number): DoraPlace {
  const units: Draft[] = [];
  const excluded = new Map<string, DoraExclusion>();
  let running: Draft[] = [];
  for (const row of rows.filter((one) => Date.parse(one.askedAt) <= asOf).sort(byEnd)) {
    if (isIntervention(row, asOf)) attribute(row, running);
    const reason = exclusionOf(row, asOf);
    if (reason !== undefined) excluded.set(row.id, reason);
    if (!endedBy(row, asOf) || row.effect !== 'changed') continue;
    if (reason === undefined) {
      const unit = draftOf(row);
      units.push(unit);
      if (row.status !== 'rolled_back') running.push(unit);
    }
    if (row.status !== 'completed') continue;
    if (row.kind === 'rollback') running = backTo(row.toVersion, running);
    for (const unit of units) recover(unit, row.endedAt);
  }
  return { units: units.map(unitOf), excluded };
}

function exclusionOf(row: DoraRow, asOf: number): DoraExclusion | undefined {
  if (row.kind === 'rollback') return 'rollback';
  if (!endedBy(row, asOf)) return 'under_way';
  return row.effect === 'changed' ? undefined : row.effect;
}

/** One that was given up before it touched anything was none. */
function isIntervention(row: DoraRow, asOf: number): boolean {
  const { kind, effect, reachedAt } = row;
  const intervenes = kind === 'rollback' || kind === 'hotfix';
  return intervenes && effect === 'changed' && Date.parse(reachedAt) <= asOf;
}

function attribute({ kind, askedAt }: DoraRow, running: readonly Draft[]): void {
  const asked = Date.parse(askedAt);
  const target = running.findLast(({ row }) => Date.parse(row.reachedAt) <= asked);
  if (target === undefined || asked > settlesAt(target)) return;
  target.failure ??= {
    by: kind === 'hotfix' ? 'hotfix' : 'rollback',
    begins: { at: askedAt, by: 'intervention_asked' },
  };
}

function draftOf(row: Draft['row']): Draft {
  if (row.broke === undefined) return { row };
  const back = row.status === 'rolled_back' ? { recoveredAt: row.endedAt } : {};
  return { row, failure: { by: 'itself', begins: row.broke, ...back } };
}

/** A version that was brought before all of these leaves none of them. */
function backTo(version: string, running: readonly Draft[]): Draft[] {
  const before = running.findLastIndex(({ row }) => row.toVersion === version);
  return running.slice(0, before + 1);
}

function recover(unit: Draft, at: string): void {
  const { failure } = unit;
  if (failure === undefined || failure.recoveredAt !== undefined) return;
  if (Date.parse(failure.begins.at) <= Date.parse(at)) {
    unit.failure = { ...failure, recoveredAt: at };
  }
}

function unitOf(draft: Draft): DoraUnit {
  return { ...draft, settlesAt: settlesAt(draft) };
}

function settlesAt({ row }: Draft): number {
  return Date.parse(row.endedAt) + ATTRIBUTION_MS;
}

function byEnd(one: DoraRow, other: DoraRow): number {
  return (
    endOf(one) - endOf(other) ||
    Date.parse(one.askedAt) - Date.parse(other.askedAt) ||
    (one.id < other.id ? -1 : 1)
  );
}

function endOf({ endedAt }: DoraRow): number {
  return endedAt === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(endedAt);
}
