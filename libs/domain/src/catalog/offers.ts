import { type Allowed, allowedBy, type Candidates } from './candidates.js';
import { chooseFrom, notRecalled, type ReleaseTarget } from './choose-release.js';
import type { DesiredState } from './entity.js';
import type { Recall } from './recall.js';
import type { Release } from './release.js';

/** A wish for some release. */
export type Wanted = Exclude<DesiredState, { absent: true }>;

/** What a product's releases offer to every entity that wants the same of them. */
export interface Offer extends Allowed {
  /** Those that no recall covers, newest first. */
  readonly usable: readonly Release[];
  /** The newest of those as the target; `undefined` where there is none. */
  readonly newest: ReleaseTarget | undefined;
}

/** What an offer comes from, besides the releases and the wish. */
type Origin = Pick<Candidates, 'channelVersions' | 'recalls'>;

/** Offers of one list of releases by wish, and what they came from. */
interface Shelf {
  readonly channels: Map<string, Placed>;
  readonly ranges: Map<string, Placed>;
  readonly versions: Map<string, Placed>;
}

interface Placed {
  readonly origin: Origin;
  readonly offer: Offer;
}

const KEPT = 1000;
const NO_RECALLS: readonly Recall[] = [];

/**
 * Offers, each worked out once for the same lists and the same wish: a fleet has few, and every
 * evaluation asks for one. Lists are told apart by identity; nobody may change one that was given.
 * Keeps 1,000 wishes of a kind for a list of releases, then starts anew, and none longer than the list.
 */
export class Offers {
  private readonly shelves = new WeakMap<readonly Release[], Shelf>();
  private count = 0;

  of(wanted: Wanted, candidates: Candidates): Offer {
    const { releases, channelVersions, recalls } = candidates;
    const shelf = this.shelves.get(releases) ?? this.newShelf(releases);
    const { row, text } = placeOf(shelf, wanted);
    const known = row.get(text);
    if (known?.origin.channelVersions === channelVersions && known.origin.recalls === recalls) {
      return known.offer;
    }
    this.count += 1;
    const offer = workOut(wanted, candidates);
    if (row.size >= KEPT) row.clear();
    row.set(text, { origin: { channelVersions, ...(recalls && { recalls }) }, offer });
    return offer;
  }

  /** How often an offer was worked out so far. */
  get workedOut(): number {
    return this.count;
  }

  private newShelf(releases: readonly Release[]): Shelf {
    const shelf = { channels: new Map(), ranges: new Map(), versions: new Map() };
    this.shelves.set(releases, shelf);
    return shelf;
  }
}

/** Those of the fleet. */
export const offers = new Offers();

interface Place {
  readonly row: Map<string, Placed>;
  readonly text: string;
}

function placeOf(shelf: Shelf, wanted: Wanted): Place {
  if ('channel' in wanted) return { row: shelf.channels, text: wanted.channel };
  if ('range' in wanted) return { row: shelf.ranges, text: wanted.range };
  return { row: shelf.versions, text: wanted.version };
}

function workOut(wanted: Wanted, candidates: Candidates): Offer {
  const allowed = allowedBy(wanted, candidates);
  const usable = notRecalled(allowed.releases, candidates.recalls ?? NO_RECALLS);
  const pool = usable.slice(0, 1);
  const unopposed = { ...candidates, objections: () => [] };
  return { ...allowed, usable, newest: chooseFrom({ ...allowed, pool }, unopposed) };
}
