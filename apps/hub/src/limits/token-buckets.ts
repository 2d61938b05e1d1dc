import { createHash, randomBytes } from 'node:crypto';

/** Cells that one key has a share in, and how many there are for each of them. */
const ROWS = 4;
const CELLS_A_ROW = 16_384;

/** How much a key may take: `perSecond` on the long run, `burst` at once after a rest. */
export interface BucketSize {
  readonly perSecond: number;
  readonly burst: number;
}

export interface TokenBucketsOptions extends BucketSize {
  /** In milliseconds; a clock that is set back costs a bucket what it holds, and no more. */
  readonly now: () => number;
  /** What keys are mixed with, so that nobody can choose whose cells they share; made up if absent. */
  readonly salt?: Uint8Array;
}

/**
 * A token bucket for every key there may be, in half a MiB. Nothing is kept by key and nothing is ever
 * evicted, so nobody gets a new bucket by coming under many names: a key has one cell in each of four
 * rows (a count-min sketch), and the emptiest claim that all four agree on is what it has taken. A key
 * never has more than its share; it has less only if others have emptied all four of its cells, which
 * for one in a thousand takes some three thousand others who use up theirs at the same time.
 */
export class TokenBuckets {
  /** When the bucket would be full again. */
  private readonly fullAt = new Float64Array(ROWS * CELLS_A_ROW);
  private readonly salt: Uint8Array;
  private readonly msEach: number;
  private readonly msBurst: number;

  constructor(private readonly options: TokenBucketsOptions) {
    const { perSecond, burst, salt = randomBytes(16) } = options;
    this.salt = salt;
    this.msEach = 1000 / perSecond;
    this.msBurst = burst * this.msEach;
  }

  /** Takes one: 0 if there was one, and otherwise in how many milliseconds there will be. */
  take(key: string): number {
    const cells = this.cellsOf(key);
    const now = this.options.now();
    const after = this.fullAtFrom(now, cells) + this.msEach;
    const missing = after - (now + this.msBurst);
    if (missing > 0) return missing;
    this.raise(cells, after);
    return 0;
  }

  /** Takes so many whether there are so many or not; a bucket never owes anything. */
  drain(key: string, count: number): void {
    const cells = this.cellsOf(key);
    const now = this.options.now();
    const after = this.fullAtFrom(now, cells) + count * this.msEach;
    this.raise(cells, Math.min(after, now + this.msBurst));
  }

  /** Puts back one that was taken. */
  giveBack(key: string): void {
    const cells = this.cellsOf(key);
    const present = this.fullAtOf(cells);
    for (const cell of cells) {
      // Fuller cells are what others have taken.
      if (this.fullAt[cell] === present) this.fullAt[cell] = present - this.msEach;
    }
  }

  private fullAtFrom(now: number, cells: readonly number[]): number {
    const latest = now + this.msBurst;
    for (const cell of cells) {
      // Later than empty is what a clock has left behind that was set back.
      if ((this.fullAt[cell] ?? 0) > latest) this.fullAt[cell] = latest;
    }
    return Math.max(now, this.fullAtOf(cells));
  }

  private fullAtOf(cells: readonly number[]): number {
    return Math.min(...cells.map((cell) => this.fullAt[cell] ?? 0));
  }

  private raise(cells: readonly number[], instant: number): void {
    for (const cell of cells) this.fullAt[cell] = Math.max(this.fullAt[cell] ?? 0, instant);
  }

  private cellsOf(key: string): readonly number[] {
    const digest = createHash('sha256').update(this.salt).update(key).digest();
    return Array.from(
      { length: ROWS },
      (_, row) => row * CELLS_A_ROW + (digest.readUInt32LE(row * 4) % CELLS_A_ROW),
    );
  }
}
