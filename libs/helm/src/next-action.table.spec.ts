import { describe, expect, it } from '@jest/globals';
import { nextAction, type HelmAction } from './next-action.js';
import type { ReleaseBase } from './release-operation.js';
import type { ReleaseStatus } from './release-record.js';
import { headOf, type ReleaseState } from './release-state.js';
import { observed, operationOf, type OperationType } from './testing/release-fixtures.js';

/** What is answered to an install, upgrade, config_update, rollback (to revision 1) and uninstall. */
type Row = readonly [string, string, string, string, string];
const TYPES: readonly OperationType[] = [
  'install',
  'upgrade',
  'config_update',
  'rollback',
  'uninstall',
];
const every = (answer: string): Row => [answer, answer, answer, answer, answer];

const EXISTS: Row = ['release/exists', 'command', 'command', 'command', 'command'];
const LOCKED = every('locked');
const REPAIR: Row = ['repair', 'repair', 'repair', 'repair', 'command'];

/** Every state of a release there is, by its revisions, oldest first. */
const STATES: readonly {
  readonly name: string;
  readonly revisions: readonly ReleaseStatus[];
  /** The number of the first of them, 1 unless older ones were pruned. */
  readonly from?: number;
  /** While the process behind a pending record may live, and with none pending. */
  readonly alive: Row;
  /** Where it differs once that process is proven dead. */
  readonly dead?: Row;
}[] = [
  {
    name: 'absent',
    revisions: [],
    alive: ['command', 'release/absent', 'release/absent', 'release/absent', 'already'],
  },
  { name: 'deployed', revisions: ['superseded', 'deployed'], alive: EXISTS },
  { name: 'two of them deployed', revisions: ['deployed', 'deployed'], alive: EXISTS },
  {
    name: 'deployed over an uninstalled one',
    revisions: ['uninstalled', 'deployed'],
    alive: ['release/exists', 'command', 'command', 'release/revision_not_good', 'command'],
  },
  { name: 'failed over a deployed one', revisions: ['deployed', 'failed'], alive: EXISTS },
  { name: 'failed with none in effect', revisions: ['superseded', 'failed'], alive: EXISTS },
  {
    name: 'failed at the first installation',
    revisions: ['failed'],
    alive: ['remove', 'command', 'command', 'release/revision_not_good', 'command'],
  },
  {
    name: 'failed after a failed one',
    revisions: ['failed', 'failed'],
    alive: ['remove', 'command', 'command', 'release/revision_not_good', 'command'],
  },
  {
    name: 'failed, and older revisions pruned, which may have worked',
    revisions: ['failed', 'failed'],
    from: 6,
    alive: ['release/exists', 'command', 'command', 'release/revision_missing', 'command'],
  },
  {
    name: 'superseded by what is gone',
    revisions: ['superseded', 'superseded'],
    alive: EXISTS,
  },
  {
    name: 'uninstalled, its history kept',
    revisions: ['superseded', 'uninstalled'],
    alive: ['remove', 'release/absent', 'release/absent', 'release/absent', 'already'],
  },
  {
    name: 'pending its first installation',
    revisions: ['pending-install'],
    alive: LOCKED,
    dead: REPAIR,
  },
  {
    name: 'pending an upgrade',
    revisions: ['deployed', 'pending-upgrade'],
    alive: LOCKED,
    dead: REPAIR,
  },
  {
    name: 'pending a rollback',
    revisions: ['deployed', 'pending-rollback'],
    alive: LOCKED,
    dead: REPAIR,
  },
  {
    name: 'being uninstalled',
    revisions: ['superseded', 'uninstalling'],
    alive: LOCKED,
    dead: REPAIR,
  },
  {
    name: 'of a status that tells nothing',
    revisions: ['deployed', 'unknown'],
    alive: every('release/unreadable'),
  },
];

/** What each answer becomes for a release that Apollo did not make and may not touch. */
const UNTOUCHED: Readonly<Record<string, string>> = { 'release/unreadable': 'release/unreadable' };

const combinations = STATES.flatMap((state) =>
  [false, true].flatMap((deadHolder) =>
    TYPES.map((type, column) => {
      const row = deadHolder ? (state.dead ?? state.alive) : state.alive;
      return { ...state, deadHolder, type, expected: row[column] ?? '' };
    }),
  ),
);

describe.each([
  { holder: 'may live', deadHolder: false },
  { holder: 'is dead', deadHolder: true },
])('nextAction, table of all states, the holder of a lock $holder', ({ deadHolder }) => {
  const cells = combinations.filter((cell) => cell.deadHolder === deadHolder);

  it.each(cells)('$name, made by Apollo: $type → $expected', (cell) => {
    expect(answer(observed(cell.revisions, cell), cell)).toBe(cell.expected);
  });

  it.each(cells)('$name, adopted by the plan: $type → $expected', (cell) => {
    const state = observed(cell.revisions, { ...cell, unmanaged: true });
    expect(answer(state, { ...cell, adopt: true })).toBe(adopted(cell));
  });

  it.each(cells.filter(({ revisions }) => revisions.length > 0))(
    '$name, made by somebody else: $type',
    (cell) => {
      const state = observed(cell.revisions, { ...cell, unmanaged: true });
      const expected = UNTOUCHED[cell.expected] ?? 'release/not_ours';
      expect(answer(state, cell)).toBe(cell.expected === 'already' ? 'already' : expected);
    },
  );

  it.each(cells)('$name, not what the plan was made for: $type', (cell) => {
    const base = { revision: 7, secretUid: 'uid-of-another' };
    const actual = answer(observed(cell.revisions, cell), { ...cell, base });
    // Whatever is gone is gone; a lock is waited for or repaired before anything is compared.
    const expected = ['already', 'locked', 'release/unreadable'].includes(cell.expected)
      ? cell.expected
      : cell.dead !== undefined && deadHolder
        ? 'repair'
        : 'base_moved';
    expect(actual).toBe(expected);
  });
});

/** What somebody else has installed is never removed so as to install it anew, whatever Helm says. */
function adopted({ revisions, expected }: (typeof combinations)[number]): string {
  return expected === 'remove' && revisions.at(-1) === 'failed' ? 'release/exists' : expected;
}

function answer(
  state: ReleaseState,
  given: {
    readonly type: OperationType;
    readonly deadHolder: boolean;
    readonly adopt?: boolean;
    readonly base?: ReleaseBase;
  },
): string {
  const head = headOf(state);
  const own = { revision: head?.revision ?? 0, secretUid: head?.secretUid ?? null };
  const { type, deadHolder, adopt = false, base = own } = given;
  const operation = { ...operationOf(type, base), adopt };
  return named(
    nextAction(state, { operation, valuesDigest: 'wanted', deadHolder, removed: false }),
  );
}

/** What is run, or the verdict; of a refusal its code. */
function named(action: HelmAction): string {
  if (action.run !== 'stop') return action.run;
  const { verdict } = action;
  return verdict.result === 'refused' ? verdict.code : verdict.result;
}
