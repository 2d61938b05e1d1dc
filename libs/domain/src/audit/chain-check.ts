import { err, ok, type Result } from '@apollo-deploy/kernel';
import { CHAIN_START, type ChainHead, type ChainLine, hashOf } from './audit-chain.js';
import { readLine } from './read-line.js';

/** What is wrong with a copy of the audit trail, and where that shows first. */
export interface ChainFault {
  readonly code:
    'unreadable' | 'edited' | 'removed' | 'reordered' | 'repeated' | 'replaced' | 'cut';
  /** The first line that is not as it was written, from 1; one past the end if lines are missing there. */
  readonly line: number;
  readonly message: string;
}

interface Gap {
  readonly missing: number;
  readonly fault: ChainFault;
}

/**
 * Looks at a copy of the audit trail line by line, from its first, and holds one line at a time. What
 * the copy says of itself shows whatever was changed in it; only heads that were kept elsewhere show
 * that its end is missing, or that all of it was written anew.
 */
export class ChainCheck {
  private last: ChainHead = CHAIN_START;
  private line = 0;
  private gap: Gap | undefined;
  private fault: ChainFault | undefined;
  private readonly longest: number;

  /** `heads`: published at any time; their order does not matter. */
  constructor(private readonly heads: readonly ChainHead[] = []) {
    this.longest = Math.max(0, ...heads.map(({ number }) => number));
  }

  /** The next line, without its line feed. Answers whether there is any use in giving more. */
  take(text: string): boolean {
    if (this.fault !== undefined) return false;
    this.line += 1;
    const line = readLine(text);
    if (this.gap === undefined) this.fault = this.follow(line);
    else if (line?.number === this.gap.missing) this.fault = this.movedLater(this.gap);
    return this.fault === undefined;
  }

  /** After the last line: the head of the copy, or the first fault. */
  end(): Result<ChainHead, ChainFault> {
    const fault = this.fault ?? this.gap?.fault ?? this.cutOff();
    return fault === undefined ? ok(this.last) : err(fault);
  }

  private follow(line: ChainLine | undefined): ChainFault | undefined {
    if (line === undefined) {
      return this.at('unreadable', 'is not a line of an export as the hub writes it');
    }
    const expected = this.last.number + 1;
    if (line.number > expected) return this.leaveGap(expected, line.number);
    if (line.number < expected) {
      const again = `has number ${line.number}, where ${expected} belongs`;
      return this.at('repeated', `${again}: older lines stand here once more`);
    }
    return this.link(line);
  }

  private link(line: ChainLine): ChainFault | undefined {
    const { number, previous, hash } = line;
    if (hashOf(line) !== hash) return this.at('edited', 'was edited: its hash does not fit it');
    if (previous !== this.last.hash) {
      return this.at(
        'replaced',
        'belongs to another history: it does not follow the line before it',
      );
    }
    this.last = { number, hash };
    const isPublished = this.heads.every((head) => head.number !== number || head.hash === hash);
    return isPublished
      ? undefined
      : this.at(
          'replaced',
          'is not the one that was published: it, or lines before it, were written anew, as happens ' +
            'when an old copy is put back and goes on from there',
        );
  }

  /** What is missing may still come, later than it should. */
  private leaveGap(missing: number, found: number): undefined {
    const names = found === missing + 1 ? `entry ${missing} is` : `${missing} to ${found - 1} are`;
    const fault = this.at(
      'removed',
      `has number ${found}, where ${missing} belongs: ${names} missing`,
    );
    this.gap = { missing, fault };
  }

  private movedLater({ missing, fault }: Gap): ChainFault {
    const message = `line ${fault.line} is out of order: number ${missing} belongs there, and stands in line ${this.line}`;
    return { code: 'reordered', line: fault.line, message };
  }

  private cutOff(): ChainFault | undefined {
    const { number } = this.last;
    if (number >= this.longest) return undefined;
    const message =
      `the copy ends with number ${number}, and ${this.longest} were published: its end was cut off, ` +
      'or it is an older copy; export it anew';
    return { code: 'cut', line: this.line + 1, message };
  }

  private at(code: ChainFault['code'], what: string): ChainFault {
    return { code, line: this.line, message: `line ${this.line} ${what}` };
  }
}
