import type { Step } from '../explorer.js';
import { firstRelease } from './first-release.js';
import { isReadable, removed } from './helm-steps.js';
import { cancellations } from './hub-steps.js';
import { put, SLOTS, type Budget, type ModelState, type Slot, type Spoke } from './model-state.js';
import {
  hasHooks,
  headRevision,
  restated,
  superseded,
  withRevision,
  type Release,
} from './release-world.js';
import { withLedger } from './spoke-in-state.js';
import { instanceOf, type World } from './world.js';

/** Whatever can go wrong or come in between, as far as the scenario lets it. */
export function misfortunes(world: World, state: ModelState): Step<ModelState>[] {
  return [
    ...cancellations(world, state),
    ...SLOTS.flatMap((slot) => [...crashes(state, slot), ...reconnects(state, slot)]),
    ...confirmations(world, state),
    ...strangers(world, state),
    ...cures(world, state),
  ];
}

function crashes(state: ModelState, slot: Slot): Step<ModelState>[] {
  const { left, orphans } = state;
  if (left.crashes === 0) return [];
  const spoke = state.spokes[slot];
  const { helm, start, place } = spoke;
  const who = instanceOf(slot, start);
  const spent = { ...left, crashes: left.crashes - 1 };
  const lives = helm !== null && helm.at !== 'ended';
  if (place.at === 'idle' && spoke.cancelled.length === 0) return [];
  const born: Spoke = { start: start + 1, cancelled: [], place: { at: 'idle' }, helm: null };
  const steps = [
    {
      name: `${who} is killed`,
      to: { ...state, left: spent, spokes: put(state.spokes, slot, born) },
    },
  ];
  if (!lives) return steps;
  return [
    ...steps,
    {
      name: `${who} is killed and its helm lives on`,
      to: {
        ...{ ...state, left: spent, spokes: put(state.spokes, slot, born) },
        orphans: [...orphans, { slot, start, helm }],
      },
    },
    {
      name: `the helm of ${who} is killed`,
      to: {
        ...{ ...state, left: spent },
        spokes: put(state.spokes, slot, {
          ...spoke,
          helm: { ...helm, at: 'ended', exitCode: null },
        }),
      },
    },
  ];
}

/** The other process of the spoke gets the newest session; the one before it is not told. */
function reconnects(state: ModelState, slot: Slot): Step<ModelState>[] {
  if (state.left.reconnects === 0 || state.owner === slot) return [];
  const left = { ...state.left, reconnects: state.left.reconnects - 1 };
  return [{ name: `spoke-${slot} connects`, to: { ...state, owner: slot, left } }];
}

/** A person says that the holder of the claim is dead, which is true, and that no helm of it lives. */
function confirmations(world: World, state: ModelState): Step<ModelState>[] {
  const entry = world.ledger(state);
  const holder = entry.claim?.holder.instance;
  if (holder === undefined || entry.confirmedDead === holder) return [];
  const lives =
    SLOTS.some((slot) => instanceOf(slot, state.spokes[slot].start) === holder) ||
    state.orphans.some(({ slot, start }) => instanceOf(slot, start) === holder);
  if (lives || world.scenario.apart !== true) return [];
  const to = withLedger(world, state, { ...entry, confirmedDead: holder });
  return [{ name: `a person confirms that ${holder} is dead`, to }];
}

/** A person brings a release back that waits for one, once nobody is at work on it. */
function cures(world: World, state: ModelState): Step<ModelState>[] {
  const release = world.release(state);
  const head = headRevision(release);
  const helms = [...state.spokes, ...state.orphans].map(({ helm }) => helm);
  const busy = state.foreign !== null || helms.some((helm) => helm !== null && helm.at !== 'ended');
  if (world.scenario.cured !== true || head === undefined || busy) return [];
  // What was there before tells whose it is.
  const [oldest] = release.revisions;
  const isAlone = oldest === head && head.number > 1 && head.status.startsWith('pending-');
  if (head.status !== 'uninstalling' && !isAlone) return [];
  const cured = { ...head, status: 'deployed', maker: null, description: 'by hand' } as const;
  const back = world.releases.number(withRevision(superseded(release), cured));
  return [{ name: 'a person rolls back by hand', to: { ...state, release: back } }];
}

/** Somebody else uses Helm on the release, or something blunter. */
function strangers(world: World, state: ModelState): Step<ModelState>[] {
  const { foreign } = state;
  if (foreign !== null) {
    const wiped = state.wiped || foreign.removes;
    const done = doneBy(foreign, world.release(state));
    return [stranger(world, state, 'is done', done, { foreign: null, wiped })];
  }
  if (state.left.foreign === 0) return [];
  const left = { ...state.left, foreign: state.left.foreign - 1 };
  const rude = world.scenario.tame === true ? [] : rudeness(world, state, left);
  return [...work(world, state, left), ...rude];
}

function stranger(
  world: World,
  state: ModelState,
  does: string,
  changed: Release,
  more: Partial<ModelState>,
): Step<ModelState> {
  const to = { ...state, release: world.releases.number(changed), ...more };
  return { name: `somebody else ${does}`, to };
}

function work(world: World, state: ModelState, left: Budget): Step<ModelState>[] {
  const release = world.release(state);
  const head = headRevision(release);
  const x = hasHooks(world.scenario.revisions[0]?.content ?? '') ? 'X' : 'x';
  const theirs = { maker: null, content: x, description: '' } as const;
  const anew = { ...theirs, status: 'deployed', label: null } as const;
  const does = head === undefined ? 'installs' : 'uninstalls and installs anew';
  const installed = withRevision({ ...release, revisions: [] }, anew);
  const steps = [stranger(world, state, does, installed, { left })];
  if (head?.garbled === true) return steps;
  if (head?.status !== 'deployed' && head?.status !== 'failed') return steps;
  const pending = { status: 'pending-upgrade', label: head.label } as const;
  const busy = { left, foreign: { uid: release.nextUid, removes: false } };
  const begins = (what: string, content: string) =>
    stranger(world, state, what, withRevision(release, { ...theirs, ...pending, content }), busy);
  // Helm hands the label on, and whoever runs the same command again brings the same content.
  const same = head.content === x ? [] : [begins('runs it again', head.content)];
  return [...steps, begins('begins an upgrade', x), ...same];
}

/** Helm removes whatever it finds and heeds no lock, and others heed not even Helm. */
function rudeness(world: World, state: ModelState, left: Budget): Step<ModelState>[] {
  const release = world.release(state);
  const head = headRevision(release);
  const restores =
    world.scenario.revisions.length === 0
      ? []
      : [stranger(world, state, 'brings a backup back', restored(world, release), { left })];
  if (head === undefined || !isReadable(head)) return restores;
  const deleting = { status: 'uninstalling', description: 'deleting', deletedBy: '' } as const;
  const foreign = { uid: head.uid, removes: true };
  const removal = restated(release, head.uid, deleting);
  return [
    ...restores,
    stranger(world, state, 'begins to uninstall', removal, { left, foreign }),
    stranger(world, state, 'makes the head unreadable', garbled(release, head.uid), { left }),
  ];
}

function doneBy({ uid, removes }: NonNullable<ModelState['foreign']>, release: Release): Release {
  if (removes) {
    const later = release.revisions.filter((revision) => revision.uid > uid);
    const found = release.revisions.filter((revision) => revision.uid <= uid);
    return {
      ...release,
      revisions: [...removed({ ...release, revisions: found }).revisions, ...later],
    };
  }
  const there = release.revisions.some((revision) => revision.uid === uid);
  return there ? restated(superseded(release), uid, { status: 'deployed' }) : release;
}

/** As it was at first, in Secrets that are new. */
function restored(world: World, { nextUid }: Release): Release {
  const revisions = firstRelease(world.scenario).revisions.map((revision, index) => ({
    ...revision,
    uid: nextUid + index,
  }));
  return { nextUid: nextUid + revisions.length, revisions };
}

function garbled(release: Release, uid: number): Release {
  const revisions = release.revisions.map((revision) =>
    revision.uid === uid ? { ...revision, garbled: true as const } : revision,
  );
  return { ...release, revisions };
}
