import type { KubeObject } from '@apollo-deploy/kube';
import type { EventReport } from '@apollo-deploy/protocol';
import { warningEvent, type WarningEvent } from './warning-event.js';

/** What is told of the warnings about some objects. */
export interface ToldWarnings {
  /** Newest first, at most ten. */
  readonly events: readonly EventReport[];
  /** When something else will be told though no event comes or goes. */
  readonly recheckAt: Date | null;
}

/** One look at all warnings of the cluster. */
export interface WarningsLook {
  /** Of objects with their uids, as they are in the cluster. */
  about(objects: readonly KubeObject[]): ToldWarnings;
}

const MOST_EVENTS = 10;
const RECENT_MS = 60 * 60_000;
const REPEAT_MS = 30_000;

/** What was given about one object for one reason. */
interface Group {
  readonly key: string;
  readonly about: string;
  readonly aboutUid: string | undefined;
  readonly lastAt: Date;
  readonly report: EventReport;
}

interface Told {
  readonly group: Group;
  readonly at: Date;
}

/**
 * The warnings of the last hour, one for each object and reason however many Events hold them. What
 * was told of one stays as it is for half a minute, so that a warning given each second changes a
 * report twice a minute.
 */
export class RecentWarnings {
  private readonly told = new Map<string, Told>();
  /** A look is taken with each change in the cluster, and most events are in many. */
  private readonly read = new WeakMap<KubeObject, Group | null>();

  /** A look at these objects of kind Event, as of now. */
  look(events: readonly KubeObject[], now: Date): WarningsLook {
    const groups = this.groupsOf(events);
    for (const key of this.told.keys()) if (!groups.has(key)) this.told.delete(key);
    const byObject = new Map<string, Group[]>();
    for (const group of groups.values()) {
      byObject.set(group.about, [...(byObject.get(group.about) ?? []), group]);
    }
    return {
      about: (objects) =>
        this.tell(
          objects.flatMap((object) =>
            (byObject.get(keyOf(object.kind, object.metadata)) ?? []).filter(
              ({ aboutUid }) => aboutUid === undefined || aboutUid === object.metadata.uid,
            ),
          ),
          now,
        ),
    };
  }

  private groupsOf(events: readonly KubeObject[]): ReadonlyMap<string, Group> {
    const groups = new Map<string, Group>();
    for (const event of events) {
      const group = this.groupOf(event);
      if (group === null) continue;
      const other = groups.get(group.key);
      groups.set(group.key, other === undefined ? group : merged(other, group));
    }
    return groups;
  }

  private groupOf(event: KubeObject): Group | null {
    const read = this.read.get(event);
    if (read !== undefined) return read;
    const warning = warningEvent(event);
    const group = warning === undefined ? null : groupOf(warning);
    this.read.set(event, group);
    return group;
  }

  private tell(groups: readonly Group[], now: Date): ToldWarnings {
    const nowMs = now.getTime();
    const told: Group[] = [];
    const rechecks: number[] = [];
    for (const group of groups) {
      const { shown, until } = this.shownOf(group, now);
      const expiresMs = shown.lastAt.getTime() + RECENT_MS;
      if (expiresMs > nowMs) told.push(shown);
      const nextMs = until ?? expiresMs;
      if (nextMs > nowMs) rechecks.push(nextMs);
    }
    told.sort((a, b) => b.lastAt.getTime() - a.lastAt.getTime() || (a.key < b.key ? -1 : 1));
    return {
      events: told.slice(0, MOST_EVENTS).map(({ report }) => report),
      recheckAt: rechecks.length === 0 ? null : new Date(Math.min(...rechecks)),
    };
  }

  /** `until`: when something newer may be told than is shown. */
  private shownOf(group: Group, now: Date): { readonly shown: Group; readonly until?: number } {
    const before = this.told.get(group.key);
    if (before !== undefined) {
      const until = before.at.getTime() + REPEAT_MS;
      if (isSame(before.group, group)) return { shown: group };
      if (until > now.getTime()) return { shown: before.group, until };
    }
    this.told.set(group.key, { group, at: now });
    return { shown: group };
  }
}

function groupOf({ about, aboutUid, lastAt, report }: WarningEvent): Group {
  const object = keyOf(about.kind, about);
  return {
    key: `${object}/${aboutUid ?? ''}/${report.reason}`,
    ...{ about: object, aboutUid, lastAt, report },
  };
}

/** The newer words, and how often in all. Does not depend on the order. */
function merged(one: Group, other: Group): Group {
  const isNewer =
    other.lastAt.getTime() - one.lastAt.getTime() ||
    (other.report.message > one.report.message ? 1 : -1);
  const newer = isNewer > 0 ? other : one;
  const count = Math.min(one.report.count + other.report.count, Number.MAX_SAFE_INTEGER);
  return { ...newer, report: { ...newer.report, count } };
}

function isSame(one: Group, other: Group): boolean {
  return (
    one.lastAt.getTime() === other.lastAt.getTime() &&
    one.report.count === other.report.count &&
    one.report.message === other.report.message
  );
}

function keyOf(
  kind: string,
  { namespace = '', name }: { namespace?: string; name: string },
): string {
  return `${kind}/${namespace}/${name}`;
}
