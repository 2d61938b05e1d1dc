import type { KubeObject } from './kube-object.js';
import type { KubeRefusal } from './kube-refusal.js';
import type { KubeUnavailable } from './kube-unavailable.js';

/** Something seen on a watch. `bookmark` only says how far the watch has come. */
export type WatchChange =
  | { readonly type: 'added' | 'modified' | 'deleted'; readonly object: KubeObject }
  | { readonly type: 'bookmark'; readonly resourceVersion: string };

/**
 * How a watch ended by itself; always its last event, and exactly one unless it was stopped.
 *
 * - `expired`: the resourceVersion is too old (410); list again and watch from there
 * - `closed`: the server ended it in order (its time limit); watch on from the last resourceVersion
 * - `refused`: the server said no
 * - `broken`: the connection failed, or what came over it was no watch stream
 */
export type WatchEnd =
  | { readonly type: 'expired' }
  | { readonly type: 'closed' }
  | { readonly type: 'refused'; readonly refusal: KubeRefusal }
  | { readonly type: 'broken'; readonly error: KubeUnavailable };

export type WatchEvent = WatchChange | WatchEnd;

/** A running watch. After `stop()` its handler is not called again; stopping twice is allowed. */
export interface WatchHandle {
  stop(): void;
}
