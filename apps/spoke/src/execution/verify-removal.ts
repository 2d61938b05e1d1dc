import { describeRef, type KubeApi, type KubeRef, type Timer } from '@apollo-deploy/kube';
import type { PlanVerdict } from '@apollo-deploy/protocol';
import type { Clock } from '../clock.js';
import type { Following, LiveObjects } from '../state/live-objects.js';
import { describeKinds, type Unseen } from './first-look.js';
import type { Evidence } from './plan-evidence.js';
import { named, read, unseen, type UnseenObject } from './rollout-look.js';
import { LookEnd, msUntil, runLook } from './run-look.js';
import { succeeded, unhealthy, unknown } from './verdicts.js';

export interface RemovalOptions {
  /** For messages: `web in shop`. */
  readonly releaseText: string;
  /** What has to be gone; undefined where the manifest could not be read, so that nobody can tell. */
  readonly refs: readonly KubeRef[] | undefined;
  readonly deadlineAt: Date;
  readonly evidence: Evidence;
  readonly abort: AbortSignal;
  readonly onProgress: (message: string) => void;
}

interface Collaborators {
  readonly kube: KubeApi;
  readonly live: LiveObjects;
  readonly clock: Clock;
  readonly timer: Timer;
}

type KnownRemoval = RemovalOptions & { readonly refs: readonly KubeRef[] };

interface Remains {
  readonly left: readonly KubeRef[];
  readonly unseen: readonly UnseenObject[];
}

const NAMED = 5;
/** What cannot be watched is read again after this long. */
const READ_AGAIN_MS = 5000;

/**
 * The verdict on an uninstallation: every object of the release is gone, as the API says when it is
 * asked for each after the watches have shown none. Null if aborted. Throws `KubeUnavailable`.
 */
export async function verifyRemoval(
  collaborators: Collaborators,
  options: RemovalOptions,
): Promise<PlanVerdict | null> {
  const { refs } = options;
  if (refs === undefined) return unreadable(options);
  const removal = new RemovalWatch(collaborators, { ...options, refs });
  try {
    return await removal.run();
  } finally {
    removal.stop();
  }
}

class RemovalWatch {
  private readonly following: Following;
  private readonly end = new LookEnd<PlanVerdict>();
  private cancelDeadline: () => void = () => undefined;
  private cancelReread: () => void = () => undefined;
  private state: 'beginning' | 'watching' | 'reading' | 'stopped' = 'beginning';

  constructor(
    private readonly collaborators: Collaborators,
    private readonly options: KnownRemoval,
  ) {
    this.following = collaborators.live.follow(options.refs, () => this.look());
  }

  async run(): Promise<PlanVerdict | null> {
    const { refs, abort, deadlineAt } = this.options;
    const { following, end } = this;
    const ended = await runLook(this.collaborators, {
      ...{ following, kinds: refs, deadlineAt, abort, end },
      begin: () => this.begin(),
    });
    return ended !== null && 'unseen' in ended ? unlistedVerdict(this.options, ended) : ended;
  }

  stop(): void {
    this.state = 'stopped';
    this.cancelDeadline();
    this.cancelReread();
    this.following.stop();
  }

  private begin(): void {
    const leftMs = Math.max(this.leftMs(), 0);
    this.cancelDeadline = this.collaborators.timer.after(leftMs, () => this.look());
    this.state = 'watching';
    this.look();
  }

  private look(): void {
    if (this.state !== 'watching') return;
    if (this.leftMs() <= 0) return void this.readAnew();
    const { following } = this;
    const left = this.options.refs.filter(
      (ref) => following.refusal(ref) === null && following.get(ref) !== null,
    );
    if (left.length === 0) return void this.readAnew();
    this.options.onProgress(`waiting until ${listed(left)} are gone`);
  }

  private async readAnew(): Promise<void> {
    if (this.state === 'reading') return;
    this.state = 'reading';
    try {
      const remains = await remainsOf(this.collaborators.kube, this.options.refs);
      if (this.isStopped()) return;
      this.state = 'watching';
      this.take(remains);
    } catch (error) {
      this.end.reject(error);
    }
  }

  private take({ left, unseen }: Remains): void {
    const isLast = this.leftMs() <= 0;
    if (left.length > 0) {
      if (isLast) return this.end.resolve(stillThere(this.options, left));
      this.options.onProgress(`waiting until ${listed(left)} are gone`);
    } else if (isLast || !unseen.some(({ mayPass }) => mayPass)) {
      return this.end.resolve(
        unseen.length === 0 ? gone(this.options) : doubtful(this.options, unseen),
      );
    }
    this.cancelReread();
    this.cancelReread = this.collaborators.timer.after(
      Math.min(READ_AGAIN_MS, this.leftMs()),
      () => void this.readAnew(),
    );
  }

  private leftMs(): number {
    return msUntil(this.options.deadlineAt, this.collaborators.clock);
  }

  private isStopped(): boolean {
    return this.state === 'stopped';
  }
}

/** Of a kind that is served no more, as when its definition was part of the release, nothing is left. */
async function remainsOf(kube: KubeApi, refs: readonly KubeRef[]): Promise<Remains> {
  const left: KubeRef[] = [];
  const hidden: UnseenObject[] = [];
  for (const ref of refs) {
    const found = await read(kube, ref);
    if (found.ok) {
      if (found.value !== null) left.push(ref);
    } else if (found.error.code !== 'kube/unknown_kind') {
      hidden.push(unseen(describeRef(ref), found.error));
    }
  }
  return { left, unseen: hidden };
}

/** Helm's record of the release is gone, and with it what the release was made of. */
function unreadable({ releaseText, evidence }: RemovalOptions): PlanVerdict {
  const message = `release ${releaseText} is uninstalled, but nobody can tell whether its objects are gone: its manifest could not be read before; look at what is left in the namespace`;
  return unknown(message, evidence);
}

function unlistedVerdict(
  { releaseText, evidence }: RemovalOptions,
  { unseen: kinds }: Unseen,
): PlanVerdict {
  const message = `release ${releaseText} is uninstalled, but nobody can tell whether its objects are gone: ${describeKinds(kinds)} could not be listed; see what keeps the API server from it, then end the plan by hand`;
  return unknown(message, evidence);
}

function gone({ releaseText, refs, evidence }: KnownRemoval): PlanVerdict {
  const objects = refs.length === 1 ? 'its object is' : `its ${refs.length} objects are`;
  const what = refs.length === 0 ? 'no object had to go with it' : `${objects} gone`;
  const message = `release ${releaseText} is uninstalled and ${what}`;
  return succeeded(message, { ...evidence, removed: refs.length });
}

function doubtful(
  { releaseText, refs, evidence }: KnownRemoval,
  hidden: readonly UnseenObject[],
): PlanVerdict {
  const seen = refs.length - hidden.length;
  const message = `release ${releaseText} is uninstalled, but nobody can tell whether these are gone: ${named(hidden)}; ${seen} others are`;
  return unknown(message, { ...evidence, removed: seen, notSeen: hidden.map(({ what }) => what) });
}

function stillThere(
  { releaseText, evidence }: RemovalOptions,
  left: readonly KubeRef[],
): PlanVerdict {
  const message = `release ${releaseText} is uninstalled, but ${listed(left)} are still there; see what holds them (finalizers)`;
  return unhealthy('StillTerminating', message, { ...evidence, remains: left.map(describeRef) });
}

function listed(refs: readonly KubeRef[]): string {
  const names = refs.slice(0, NAMED).map(describeRef).join(', ');
  return refs.length > NAMED ? `${names} and ${refs.length - NAMED} more` : names;
}
