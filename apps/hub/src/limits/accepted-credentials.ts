import { createHash, randomBytes } from 'node:crypto';

/** How long it is remembered that credentials were good, after the last time they were. */
const REMEMBERED_MS = 10 * 60_000;
/** So many are remembered; of more, those that were used last. */
const MOST = 10_000;

/** Whose requests the ones by some credentials count as. */
export interface CountedAs {
  /** This token, session or spoke alone. */
  readonly credentials: string;
  /** With all others of the same kind and owner. */
  readonly principal: string;
}

/**
 * Which credentials this replica has accepted of late, and what they count as. Nothing is allowed by
 * it: it only tells whom a flood from their address is not held against, and what is instead. Kept are
 * salted digests, of good credentials alone.
 */
export class AcceptedCredentials {
  private readonly acceptedAs = new Map<string, CountedAs & { readonly until: number }>();
  private readonly salt = randomBytes(16);

  /** `now` in milliseconds. */
  constructor(private readonly now: () => number) {}

  add(shown: string, counted: CountedAs): void {
    const key = this.keyOf(shown);
    this.acceptedAs.delete(key);
    this.acceptedAs.set(key, { ...counted, until: this.now() + REMEMBERED_MS });
    if (this.acceptedAs.size <= MOST) return;
    const [oldest] = this.acceptedAs.keys();
    if (oldest !== undefined) this.acceptedAs.delete(oldest);
  }

  /** They were refused: they are as good as any that nobody knows. */
  forget(shown: string): void {
    this.acceptedAs.delete(this.keyOf(shown));
  }

  /** What they counted as when they were accepted; `undefined` if they were not, or not of late. */
  get(shown: string): CountedAs | undefined {
    const accepted = this.acceptedAs.get(this.keyOf(shown));
    return accepted !== undefined && this.now() < accepted.until ? accepted : undefined;
  }

  private keyOf(shown: string): string {
    return createHash('sha256').update(this.salt).update(shown).digest('base64');
  }
}
