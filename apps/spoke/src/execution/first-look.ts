import type { KubeKind, Timer } from '@apollo-deploy/kube';
import type { Clock } from '../clock.js';
import type { Following } from '../state/live-objects.js';

/** A look takes its time; one that begins after the deadline, as after a restart, has this long. */
const LONGEST_LOOK_MS = 60_000;

/** What was still unseen when the first look had taken too long. */
export interface Unseen {
  readonly unseen: readonly KubeKind[];
}

/**
 * Waits for the first look to be complete, or for `end`; null then. A kind that cannot be listed must
 * not keep a plan for ever: a minute after the deadline the answer is which kinds were never seen.
 */
export async function firstLook(
  { clock, timer }: { readonly clock: Clock; readonly timer: Timer },
  following: Following,
  options: {
    readonly kinds: readonly KubeKind[];
    readonly deadlineAt: Date;
    /** Everything the look is made of. */
    readonly ready: Promise<unknown>;
    readonly end: Promise<unknown>;
  },
): Promise<Unseen | null> {
  const { kinds, deadlineAt, ready, end } = options;
  const leftMs = Math.max(deadlineAt.getTime() - clock.now().getTime(), 0);
  let cancelTimer: () => void = () => undefined;
  const tooLong = new Promise<Unseen>((resolve) => {
    cancelTimer = timer.after(leftMs + LONGEST_LOOK_MS, () => {
      resolve({ unseen: distinct(kinds.filter((kind) => !following.isSeen(kind))) });
    });
  });
  try {
    return await Promise.race([tooLong, Promise.race([ready, end]).then(() => null)]);
  } finally {
    cancelTimer();
  }
}

/** For a sentence: `Gadget (example.com/v1) and ConfigMap (v1)`. */
export function describeKinds(kinds: readonly KubeKind[]): string {
  return kinds.map(({ apiVersion, kind }) => `${kind} (${apiVersion})`).join(' and ');
}

function distinct(kinds: readonly KubeKind[]): readonly KubeKind[] {
  return [...new Map(kinds.map((kind) => [describeKinds([kind]), kind])).values()];
}
