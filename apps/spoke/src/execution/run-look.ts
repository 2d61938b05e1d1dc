import type { KubeKind, Timer } from '@apollo-deploy/kube';
import type { Clock } from '../clock.js';
import type { Following } from '../state/live-objects.js';
import { firstLook, type Unseen } from './first-look.js';

/** The end of a look, in the hands of whoever looks: the first word counts. Null if it is aborted. */
export class LookEnd<T> {
  readonly promise: Promise<T | null>;
  resolve: (end: T | null) => void = () => undefined;
  reject: (error: unknown) => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

export interface Look<T> {
  readonly following: Following;
  /** What the first look has to show. */
  readonly kinds: readonly KubeKind[];
  /** What the first look is made of besides. */
  readonly besides?: () => Promise<unknown>;
  readonly deadlineAt: Date;
  readonly abort: AbortSignal;
  /** Called once the first look is complete: what is not there now is not there. */
  readonly begin: () => void;
  readonly end: LookEnd<T>;
}

/**
 * What every look at live objects for a verdict goes through: the first look, then on until `end`.
 * `Unseen` if the first look was not to be had until a minute after the deadline; null if aborted.
 * Throws what `end` or `besides` is rejected with.
 */
export async function runLook<T>(
  tools: { readonly clock: Clock; readonly timer: Timer },
  { following, kinds, besides, deadlineAt, abort, begin, end }: Look<T>,
): Promise<T | Unseen | null> {
  if (isOver(abort)) return null;
  const aborted = (): void => end.resolve(null);
  abort.addEventListener('abort', aborted);
  try {
    const ready = Promise.all([following.ready, besides?.()]);
    const options = { kinds, deadlineAt, ready, end: end.promise };
    const unseen = await firstLook(tools, following, options);
    if (unseen !== null) return unseen;
    if (!isOver(abort)) begin();
    return await end.promise;
  } finally {
    abort.removeEventListener('abort', aborted);
  }
}

/** Asked anew each time: it changes while one waits. */
function isOver(abort: AbortSignal): boolean {
  return abort.aborted;
}

/** How long it is until the deadline; not above 0 once it has come. */
export function msUntil(deadlineAt: Date, clock: Clock): number {
  return deadlineAt.getTime() - clock.now().getTime();
}
