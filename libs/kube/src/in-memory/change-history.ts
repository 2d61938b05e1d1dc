import type { KubeObject } from '../kube-object.js';
import type { WatchEvent } from '../kube-watch.js';

/** One change of an object, numbered by the resourceVersion it made. */
export type Change = Extract<WatchEvent, { object: KubeObject }> & { readonly version: number };

/** The changes of a cluster in order, for watches that begin at an older resourceVersion. */
export class ChangeHistory {
  private changes: Change[] = [];
  private oldest = 0;

  /** `kept`: at least so many changes are remembered; all of them if undefined. */
  constructor(private readonly kept: number | undefined) {}

  /** Forgets old changes twice as many at a time and half as often. */
  add(change: Change): void {
    this.changes.push(change);
    if (this.kept === undefined || this.changes.length <= 2 * this.kept) return;
    const dropped = this.changes.splice(0, this.changes.length - this.kept);
    this.oldest = dropped.at(-1)?.version ?? this.oldest;
  }

  /** Forgets everything up to this version. */
  compact(version: number): void {
    this.changes = [];
    this.oldest = version;
  }

  /** All changes after a version; null if some of them are forgotten. */
  after(version: number): readonly Change[] | null {
    if (version < this.oldest) return null;
    return this.changes.filter((change) => change.version > version);
  }
}
