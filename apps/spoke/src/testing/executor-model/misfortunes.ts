import type { Step } from '../explorer.js';
import { cancellations } from './hub-steps.js';
import { put, SLOTS, type ModelState, type Slot, type Spoke } from './model-state.js';
import { headRevision, restated, superseded, withRevision, type Release } from './release-world.js';
import { withLedger } from './spoke-steps.js';
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
  if (world.scenario.cured !== true || head?.status !== 'uninstalling' || busy) return [];
  const cured = { ...head, status: 'deployed', maker: null, description: 'by hand' } as const;
  const back = world.releases.number(withRevision(superseded(release), cured));
  return [{ name: 'a person rolls back by hand', to: { ...state, release: back } }];
}

/** Somebody else uses Helm on the release. */
function strangers(world: World, state: ModelState): Step<ModelState>[] {
  const release = world.release(state);
  const to = (name: string, changed: Release, more: Partial<ModelState>) => ({
    name: `somebody else ${name}`,
    to: { ...state, release: world.releases.number(changed), ...more },
  });
  const { foreign } = state;
  if (foreign !== null) {
    const there = release.revisions.some(({ uid }) => uid === foreign);
    const done = there ? restated(superseded(release), foreign, { status: 'deployed' }) : release;
    return [to('is done', done, { foreign: null })];
  }
  if (state.left.foreign === 0) return [];
  const left = { ...state.left, foreign: state.left.foreign - 1 };
  const head = headRevision(release);
  const theirs = { maker: null, content: 'x', description: '' } as const;
  const anew = { ...theirs, status: 'deployed', label: null } as const;
  const steps = [
    to(
      head === undefined ? 'installs' : 'uninstalls and installs anew',
      withRevision({ ...release, revisions: [] }, anew),
      { left },
    ),
  ];
  if (head?.status !== 'deployed' && head?.status !== 'failed') return steps;
  const begun = withRevision(release, { ...theirs, status: 'pending-upgrade', label: head.label });
  return [...steps, to('begins an upgrade', begun, { left, foreign: release.nextUid })];
}
