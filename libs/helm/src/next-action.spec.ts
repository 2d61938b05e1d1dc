import { describe, expect, it } from '@jest/globals';
import { nextAction, type HelmAction } from './next-action.js';
import type { ReleaseAsk } from './release-operation.js';
import type { ReleaseStatus } from './release-record.js';
import { observed, operationOf, type OperationType } from './testing/release-fixtures.js';

const PENDING: readonly ReleaseStatus[] = [
  'pending-install',
  'pending-upgrade',
  'pending-rollback',
];
const TYPES: readonly OperationType[] = [
  'install',
  'upgrade',
  'config_update',
  'rollback',
  'uninstall',
];

const ask = (type: OperationType, given: Partial<ReleaseAsk> = {}, base = 2): ReleaseAsk => ({
  operation: operationOf(type, {
    revision: base,
    secretUid: base === 0 ? null : `uid-${String(base)}`,
  }),
  valuesDigest: 'wanted',
  deadHolder: false,
  removed: false,
  ...given,
});

/** `command`, or the verdict with its code. */
function said(action: HelmAction): string {
  if (action.run !== 'stop') return action.run;
  const { verdict } = action;
  return verdict.result === 'refused' ? `refused ${verdict.code}` : verdict.result;
}

type Row = Readonly<Record<OperationType, string>>;
const every = (answer: string): Row => ({
  install: answer,
  upgrade: answer,
  config_update: answer,
  rollback: answer,
  uninstall: answer,
});

describe('nextAction on the release the plan was made for', () => {
  const table: readonly {
    name: string;
    state: ReturnType<typeof observed>;
    base?: number;
    expected: Row;
  }[] = [
    {
      name: 'no release',
      state: { kind: 'absent' },
      base: 0,
      expected: { ...every('refused release/absent'), install: 'command', uninstall: 'already' },
    },
    {
      name: 'a deployed release',
      state: observed(['superseded', 'deployed']),
      expected: { ...every('command'), install: 'refused release/exists' },
    },
    {
      name: 'a failed upgrade of a deployed release',
      state: observed(['deployed', 'failed']),
      expected: { ...every('command'), install: 'refused release/exists' },
    },
    {
      name: 'a failed first installation',
      state: observed(['failed']),
      base: 1,
      expected: {
        ...every('command'),
        install: 'remove',
        rollback: 'refused release/revision_not_good',
      },
    },
    {
      name: 'a release none of whose revisions is in effect any more',
      state: observed(['superseded', 'failed']),
      expected: { ...every('command'), install: 'refused release/exists' },
    },
    {
      name: 'a release whose second revision failed as its first had',
      state: observed(['failed', 'failed']),
      expected: {
        ...every('command'),
        install: 'remove',
        rollback: 'refused release/revision_not_good',
      },
    },
    {
      name: 'a release of which only the history was kept',
      state: observed(['superseded', 'uninstalled']),
      expected: { ...every('refused release/absent'), install: 'remove', uninstall: 'already' },
    },
    {
      name: 'a release Apollo did not make',
      state: observed(['superseded', 'deployed'], { unmanaged: true }),
      expected: every('refused release/not_ours'),
    },
    {
      name: 'a release that cannot be read',
      state: { kind: 'foreign', reason: 'unreadable', message: 'broken', history: [] },
      expected: every('refused release/unreadable'),
    },
  ];
  it.each(table.flatMap((row) => TYPES.map((type) => ({ ...row, type }))))(
    'answers a plan of type $type on $name',
    ({ state, base, type, expected }) => {
      expect(said(nextAction(state, ask(type, {}, base)))).toBe(expected[type]);
    },
  );

  it.each(TYPES)('treats a release to be adopted like its own: %s', (type) => {
    const asked = ask(type);
    const adopting = { ...asked, operation: { ...asked.operation, adopt: true } };
    const strange = observed(['superseded', 'deployed'], { unmanaged: true });
    const own = observed(['superseded', 'deployed']);
    expect(nextAction(strange, adopting)).toEqual(nextAction(own, asked));
  });
});

describe('nextAction on a release that is locked', () => {
  const states = [...PENDING, 'uninstalling' as const].flatMap((status) =>
    TYPES.map((type) => ({ status, type })),
  );
  it.each(states)('waits while the process may live: $status, $type', ({ status, type }) => {
    expect(said(nextAction(observed(['deployed', status]), ask(type)))).toBe('locked');
  });

  it.each(states)('goes on once it is proven dead: $status, $type', ({ status, type }) => {
    const action = nextAction(observed(['deployed', status]), ask(type, { deadHolder: true }));
    expect(said(action)).toBe(type === 'uninstall' ? 'command' : 'repair');
  });

  it('leaves alone what Apollo did not make', () => {
    const strange = observed(['deployed', 'pending-upgrade'], { unmanaged: true });
    const action = nextAction(strange, ask('upgrade', { deadHolder: true }));
    expect(said(action)).toBe('refused release/not_ours');
  });
});

describe('nextAction on another release than the plan was made for', () => {
  it.each(TYPES)('declines a plan of type %s for an older revision', (type) => {
    expect(said(nextAction(observed(['superseded', 'deployed']), ask(type, {}, 1)))).toBe(
      'base_moved',
    );
  });

  it('declines when the same revision number belongs to a new installation', () => {
    const asked = ask('upgrade');
    const base = { revision: 2, secretUid: 'uid-of-before' };
    const action = nextAction(observed(['superseded', 'deployed']), {
      ...asked,
      operation: { ...asked.operation, base },
    });
    expect(said(action)).toBe('base_moved');
  });

  it('compares the number alone when the plan does not know the UID', () => {
    const asked = ask('upgrade');
    const operation = { ...asked.operation, base: { revision: 2, secretUid: null } };
    const action = nextAction(observed(['superseded', 'deployed']), { ...asked, operation });
    expect(said(action)).toBe('command');
  });

  it('declines an upgrade of a release that is gone', () => {
    expect(said(nextAction({ kind: 'absent' }, ask('upgrade')))).toBe('base_moved');
  });

  it('takes a release that is gone for the success of its uninstallation', () => {
    expect(said(nextAction({ kind: 'absent' }, ask('uninstall')))).toBe('already');
  });

  it('installs once this run has removed what was left', () => {
    const action = nextAction({ kind: 'absent' }, ask('install', { removed: true }, 1));
    expect(said(action)).toBe('command');
  });
});

describe('nextAction on what the plan itself has done before', () => {
  const mine = { planId: 'plan-1', valuesDigest: 'wanted', chartVersion: '2.0.0' };
  const cases = [
    { name: 'its success', status: 'deployed', deadHolder: false, expected: 'already' },
    { name: 'its failure', status: 'failed', deadHolder: false, expected: 'broken' },
    {
      name: 'its process at work',
      status: 'pending-upgrade',
      deadHolder: false,
      expected: 'locked',
    },
    { name: 'its dead process', status: 'pending-upgrade', deadHolder: true, expected: 'repair' },
    {
      name: 'that it was removed since',
      status: 'uninstalled',
      deadHolder: false,
      expected: 'base_moved',
    },
  ] as const;
  it.each(cases)('recognises $name', ({ status, deadHolder, expected }) => {
    const state = observed(['superseded', 'superseded', status], { head: mine });
    expect(said(nextAction(state, ask('upgrade', { deadHolder })))).toBe(expected);
  });

  it.each([
    { name: 'other values', head: { ...mine, valuesDigest: 'other' } },
    { name: 'another chart version', head: { ...mine, chartVersion: '9.0.0' } },
    { name: 'another chart', head: { ...mine, chartName: 'other' } },
    { name: 'the label of another plan', head: { ...mine, planId: 'plan-0' } },
  ])('takes a revision with $name for somebody else’s', ({ head }) => {
    const state = observed(['superseded', 'superseded', 'deployed'], { head });
    expect(said(nextAction(state, ask('upgrade')))).toBe('base_moved');
  });

  it('tries again when the plan was made anew for its own failure', () => {
    const state = observed(['deployed', 'failed'], { head: mine });
    expect(said(nextAction(state, ask('upgrade')))).toBe('command');
  });

  it.each([
    {
      name: 'by its description',
      head: { description: 'apollo plan plan-1: rollback' },
      expected: 'already',
    },
    { name: 'by the revision it names', head: { rollbackRevision: 1 }, expected: 'already' },
    {
      name: 'by Helm 3’s description',
      head: { description: 'Rollback to 1' },
      expected: 'already',
    },
    {
      name: 'by Helm 3’s failure, which names no target',
      status: 'failed',
      head: { description: 'Rollback "web" failed: no matches for kind "Old"' },
      expected: 'broken',
    },
    {
      name: 'by Helm 3’s description in the note of a repair',
      status: 'failed',
      head: {
        description: 'pending-rollback was interrupted: its process is dead (Rollback to 1)',
      },
      expected: 'broken',
    },
    {
      name: 'not by a failure that carries the labels of another revision',
      status: 'failed',
      head: {
        description: 'Rollback "web" failed: boom',
        labels: { 'apollo.dev/plan': 'plan-of-another' },
      },
      expected: 'base_moved',
    },
    {
      name: 'by its description in the note of a repair',
      status: 'failed',
      head: {
        description:
          'pending-rollback was interrupted: its process is dead (apollo plan plan-1: rollback)',
      },
      expected: 'broken',
    },
    { name: 'not by another target', head: { rollbackRevision: 2 }, expected: 'base_moved' },
    {
      name: 'not by another plan',
      head: { description: 'apollo plan plan-2: rollback' },
      expected: 'base_moved',
    },
  ] as const)('recognises its rollback $name', ({ head, expected, ...given }) => {
    const status = 'status' in given ? given.status : 'deployed';
    const state = observed(['superseded', 'superseded', status], { head });
    expect(said(nextAction(state, ask('rollback')))).toBe(expected);
  });
});

describe('nextAction about a rollback', () => {
  it('recognises it though its target has left the history, so that it goes on as an upgrade', () => {
    const head = {
      description:
        'pending-rollback was interrupted: its process is dead (apollo plan plan-1: rollback)',
      labels: { 'apollo.dev/plan': 'plan-of-its-target' },
    };
    const state = observed(['superseded', 'superseded', 'failed'], { head });
    expect(said(nextAction(state, ask('upgrade')))).toBe('broken');
  });

  it('refuses a revision that history has lost', () => {
    const asked = ask('rollback');
    if (asked.operation.type !== 'rollback') throw new Error('not a rollback');
    const operation = { ...asked.operation, revision: 9 };
    const action = nextAction(observed(['superseded', 'deployed']), { ...asked, operation });
    expect(said(action)).toBe('refused release/revision_missing');
  });

  it('refuses a revision that never worked', () => {
    const action = nextAction(observed(['failed', 'deployed']), ask('rollback'));
    expect(said(action)).toBe('refused release/revision_not_good');
  });
});

describe('nextAction about new values', () => {
  it('refuses to change the chart on the way', () => {
    const state = observed(['superseded', 'deployed'], { head: { chartVersion: '1.0.0' } });
    expect(said(nextAction(state, ask('config_update')))).toBe('refused release/chart_differs');
  });

  it('goes by the newest chart where no revision is in effect any more', () => {
    const state = observed(['superseded', 'failed'], { head: { chartVersion: '3.0.0' } });
    expect(said(nextAction(state, ask('config_update')))).toBe('refused release/chart_differs');
  });

  it('goes by the chart in effect, not by the one that failed', () => {
    const state = observed(['deployed', 'failed'], { head: { chartVersion: '3.0.0' } });
    expect(said(nextAction(state, ask('config_update')))).toBe('command');
  });
});

describe('nextAction about a chart of another name', () => {
  const other = { chartName: 'shop', chartVersion: '2.0.0' };
  it.each<{
    name: string;
    type: OperationType;
    revisions: readonly ReleaseStatus[];
    head: object;
    expected: string;
  }>([
    {
      name: 'refuses an upgrade to it',
      type: 'upgrade',
      revisions: ['superseded', 'deployed'],
      head: other,
      expected: 'refused release/other_chart',
    },
    {
      name: 'refuses new values on it',
      type: 'config_update',
      revisions: ['superseded', 'deployed'],
      head: other,
      expected: 'refused release/other_chart',
    },
    {
      name: 'goes by the chart in effect, not by the one that failed',
      type: 'upgrade',
      revisions: ['deployed', 'failed'],
      head: other,
      expected: 'command',
    },
    {
      name: 'takes the place of a first installation that failed',
      type: 'upgrade',
      revisions: ['failed'],
      head: other,
      expected: 'command',
    },
    {
      name: 'goes back to whatever a revision held',
      type: 'rollback',
      revisions: ['superseded', 'deployed'],
      head: other,
      expected: 'command',
    },
    {
      name: 'removes it',
      type: 'uninstall',
      revisions: ['superseded', 'deployed'],
      head: other,
      expected: 'command',
    },
  ])('$name', ({ type, revisions, head, expected }) => {
    const state = observed(revisions, { head });
    expect(said(nextAction(state, ask(type, {}, revisions.length)))).toBe(expected);
  });

  it('refuses it also where a first installation that is to be adopted failed: it may run', () => {
    const asked = ask('upgrade', {}, 1);
    const state = observed(['failed'], { head: other, unmanaged: true });
    const adopting = { ...asked, operation: { ...asked.operation, adopt: true } };
    expect(said(nextAction(state, adopting))).toBe('refused release/other_chart');
  });

  it('says what to do about it', () => {
    const action = nextAction(observed(['deployed'], { head: other }), ask('upgrade', {}, 1));
    expect(action).toMatchObject({
      verdict: {
        message:
          'release web in shop runs chart shop 2.0.0, and another chart, web, would take its place object by object; uninstall the release first, or give the new chart a release of its own',
      },
    });
  });
});
