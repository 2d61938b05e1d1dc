import { canonicalJson, err, ok, type Result } from '@apollo-deploy/kernel';
import {
  type DsseEnvelope,
  type KeySet,
  type KeyTrust,
  MOST_VERSIONS_AHEAD,
  objectionToKeySet,
  openKeySet,
  type Signers,
  signersOf,
  trustIn,
} from '@apollo-deploy/protocol';
import type { IdentityFiles, KeptKeySets } from './identity-files.js';
import type { OfferRefusal } from '../execution/offer-refusal.js';

/** Whose signatures count, and whose did, at one moment. */
export interface TrustNow {
  readonly version: number;
  readonly signers: Signers;
  /** Of the key sets before, the newest first. */
  readonly former: readonly Signers[];
  /** When the key set ended, if it has: none of its keys counts any more. */
  readonly ended: string | null;
}

/** What became of a key set that came: whether this spoke goes by it from now on. */
export type Followed = 'adopted' | 'passed' | 'known';

type KeptIn = Pick<IdentityFiles, 'keySets' | 'keepKeySets'>;

const MOST_FORMER = 8;
/** The highest version to begin with by the word of the hub alone, so that there is always a next one. */
const HIGHEST_PINNED = 2 ** 31;

/**
 * Whose signatures this spoke goes by. It only ever goes on to a higher version, and what it goes by is
 * kept first, so that no restart and no old file takes it back.
 */
export class TrustedKeys {
  /** Ended before it came, and good for nothing but to vouch for the one that follows on it. */
  private passed: KeySet | null = null;

  private constructor(
    private readonly files: KeptIn,
    private kept: KeptKeySets | null,
  ) {}

  /**
   * By what is kept, and what the owner of the cluster has given, whichever is newer. Refused if the two
   * are different sets of one version.
   */
  static async open(files: KeptIn, given: KeySet | null): Promise<Result<TrustedKeys, string>> {
    const keys = new TrustedKeys(files, await files.keySets());
    const { kept } = keys;
    if (given === null) return ok(keys);
    if (kept === null || given.version > kept.set.version) await keys.keep(given);
    else if (given.version === kept.set.version && !isSame(given, kept.set)) {
      return err(
        `this spoke already goes by another key set of version ${kept.set.version}; give the file a higher version`,
      );
    }
    return ok(keys);
  }

  /** What the hub is told of it; absent: it goes by nobody's signature. */
  get trust(): KeyTrust | undefined {
    return this.kept === null ? undefined : trustIn(this.kept.set);
  }

  /** Null: no signature is needed. `now` is by the clock of this spoke. */
  at(now: Date): TrustNow | null {
    if (this.kept === null) return null;
    const { set, former } = this.kept;
    const ended = hasEnded(set, now) ? (set.expiresAt ?? null) : null;
    return { version: set.version, signers: signersOf(set), former: former.map(signersOf), ended };
  }

  /**
   * Goes by this one if it goes by none: for what the hub tells a spoke that joins. False: it does. Throws
   * `KeySetUnusable` for what is no key set, or has a version above 2^31.
   */
  async pin(set: KeySet): Promise<boolean> {
    const objection = objectionToKeySet(set) ?? objectionToBeginning(set);
    if (objection !== null) throw new KeySetUnusable(objection);
    if (this.kept !== null) return false;
    await this.keep(set);
    return true;
  }

  /**
   * Goes on to a key set that follows on the present one. One that has ended already is not gone by, but
   * the next may follow on it. Throws `IdentityUnusable` where it cannot be kept; nothing has changed then.
   */
  async follow(envelope: DsseEnvelope, now: Date): Promise<Result<Followed, OfferRefusal>> {
    const present = this.passed ?? this.kept?.set;
    if (present === undefined) return ok('known');
    const opened = openKeySet(envelope, signersOf(present));
    if (!opened.ok) {
      const message = `a key set came that does not follow on version ${present.version}: ${opened.error.message}`;
      return err({ reason: 'KeySetNotTrusted', message });
    }
    const set = opened.value;
    if (set.version < present.version || isSame(set, present)) return ok('known');
    if (set.version === present.version) {
      const message = `another key set of version ${set.version} came than the one this spoke goes by; somebody has signed two`;
      return err({ reason: 'KeySetConflict', message });
    }
    if (set.version > present.version + MOST_VERSIONS_AHEAD) {
      const message = `a key set of version ${set.version} came, and this spoke goes by version ${present.version}; it goes on by ${MOST_VERSIONS_AHEAD} at most, so that there is always a next one`;
      return err({ reason: 'KeySetNotTrusted', message });
    }
    if (hasEnded(set, now)) {
      this.passed = set;
      return ok('passed');
    }
    await this.keep(set);
    return ok('adopted');
  }

  private async keep(set: KeySet): Promise<void> {
    const { kept } = this;
    const former = kept === null ? [] : [kept.set, ...kept.former].slice(0, MOST_FORMER);
    const next = { set, former };
    await this.files.keepKeySets(next);
    this.kept = next;
    this.passed = null;
  }
}

/** The hub told a key set that is none. */
class KeySetUnusable extends Error {
  override readonly name = 'KeySetUnusable';
  /** True: the hub is asked again. */
  readonly retryable = true;

  constructor(objection: string) {
    super(
      `the hub told a key set that cannot be used (${objection}); look at GET /api/v1/key-sets`,
    );
  }
}

function objectionToBeginning({ version }: KeySet): string | null {
  return version <= HIGHEST_PINNED ? null : `version ${version} is above ${HIGHEST_PINNED}`;
}

function hasEnded({ expiresAt }: KeySet, now: Date): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) <= now.getTime();
}

function isSame(one: KeySet, other: KeySet): boolean {
  return canonicalJson(one) === canonicalJson(other);
}
