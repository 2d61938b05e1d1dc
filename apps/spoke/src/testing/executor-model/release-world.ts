import {
  PLAN_LABEL,
  type ReleaseRecord,
  type ReleaseRevision,
  type ReleaseState,
  type ReleaseStatus,
} from '@apollo-deploy/helm';
import { inZone, releaseState, removalOffset } from '@apollo-deploy/helm/testing';
import { jsonDigest } from '@apollo-deploy/kernel';

/** One Helm revision, as little of it as decisions look at. */
export interface Revision {
  readonly number: number;
  /** Identity of its Secret. */
  readonly uid: number;
  readonly status: ReleaseStatus;
  /** The plan in its label, which later revisions inherit; null where it has none. */
  readonly label: string | null;
  /** The plan whose helm made it; null where somebody else did. */
  readonly maker: string | null;
  readonly content: string;
  readonly description: string;
  readonly backTo?: number;
  /** The plan whose helm was the last to begin a removal; empty for somebody else's. */
  readonly deletedBy?: string;
  /** Somebody has put something else into its Secret. */
  readonly garbled?: true;
}

/** What Helm keeps of the release. Empty: there is none. */
export interface Release {
  readonly nextUid: number;
  readonly revisions: readonly Revision[];
}

export const VALUES = {};
export const VALUES_DIGEST = jsonDigest(VALUES);
/** Charts of contents written in capitals have hooks, for whatever Helm does. */
export const hasHooks = (content: string): boolean => content !== content.toLowerCase();
const EVENTS = ['pre-install', 'pre-upgrade', 'pre-rollback', 'pre-delete'];

/** Gives each value that is JSON a small number, and the value back for the number. */
export class Interned<T> {
  private readonly numbers = new Map<string, number>();
  private readonly values: T[] = [];

  number(value: T): number {
    const key = JSON.stringify(value);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.values.length);
    return this.values.push(value) - 1;
  }

  value(number: number): T {
    const value = this.values[number];
    if (value === undefined) throw new RangeError(`nothing has number ${number}`);
    return value;
  }
}

export function headRevision({ revisions }: Release): Revision | undefined {
  return revisions.at(-1);
}

/** What the spoke sees of it. */
export function observed({ revisions }: Release): ReleaseState {
  const records = revisions.map(recordOf);
  const garbled = revisions.at(-1)?.garbled === true;
  const head = garbled ? { message: 'it cannot be read' } : (records.at(-1) ?? null);
  const older = records.slice(0, -1);
  return releaseState({
    head,
    history: records.map(revisionOf),
    lastDeployed: older.findLast(({ status }) => status === 'deployed') ?? null,
  });
}

export function recordOf(revision: Revision): ReleaseRecord {
  const { number, uid, status, label, content, description, backTo, deletedBy } = revision;
  return {
    ...{ name: 'web', namespace: 'shop', revision: number, status },
    ...{ chartName: 'web', chartVersion: content, valuesDigest: VALUES_DIGEST },
    ...{ manifestDigest: content, secretName: `web.v${number}`, secretUid: `uid-${uid}` },
    ...{ resourceVersion: versionOf(revision), description, firstDeployed: '', lastDeployed: '' },
    labels: label === null ? {} : { [PLAN_LABEL]: label },
    ...(label !== null && { planId: label }),
    ...(backTo !== undefined && { rollbackRevision: backTo }),
    ...(deletedBy !== undefined && { deletedAt: deletedAt(deletedBy) }),
    ...{ applyMethod: 'ssa', values: VALUES, manifest: '' },
    hooks: hasHooks(content) ? [{ name: 'hook', kind: 'Job', events: EVENTS, manifest: '' }] : [],
  };
}

/** Whoever writes to it makes it another one. */
function versionOf({ uid, status, deletedBy = '-' }: Revision): string {
  return `${uid} ${status} ${deletedBy}`;
}

function deletedAt(plan: string): string {
  return inZone(new Date(0), plan === '' ? 0 : removalOffset(plan));
}

function revisionOf(record: ReleaseRecord): ReleaseRevision {
  const { revision, status, secretName, secretUid, resourceVersion, labels } = record;
  return { revision, status, secretName, secretUid, resourceVersion, labels };
}

/** The release with a new head. */
export function withRevision(
  { nextUid, revisions }: Release,
  head: Omit<Revision, 'number' | 'uid'>,
): Release {
  const number = (revisions.at(-1)?.number ?? 0) + 1;
  return {
    nextUid: nextUid + 1,
    revisions: [...revisions, { ...head, number, uid: nextUid }],
  };
}

/** Helm writes its records, in full, without looking whether they changed. */
export function restated(
  release: Release,
  uid: number,
  change: Partial<Pick<Revision, 'status' | 'description' | 'deletedBy'>>,
): Release {
  const revisions = release.revisions.map((revision) => {
    const { garbled: _, ...readable } = revision;
    return revision.uid === uid ? { ...readable, ...change } : revision;
  });
  return { ...release, revisions };
}

export function superseded(release: Release): Release {
  const revisions = release.revisions.map((revision) =>
    revision.status === 'deployed' ? { ...revision, status: 'superseded' as const } : revision,
  );
  return { ...release, revisions };
}
