import { describe, expect, it } from '@jest/globals';
import { DIFF } from '../testing/canned.js';
import type { DiffView } from './plan-view.js';
import { tellDiff } from './tell-diff.js';

const VALUES: DiffView['values'] = { known: true, changes: [], more: 0 };
const TOLD = 'manifest not shown: nothing here renders charts';

describe('what a plan changes, for people', () => {
  it.each<{ name: string; change: Partial<DiffView>; says: readonly string[] }>([
    {
      name: 'each kind of change, and how many there are besides',
      change: {
        values: {
          known: true,
          changes: [
            { path: 'a', change: 'added', after: null },
            { path: 'b', change: 'removed', before: '' },
            { path: 'c.0', change: 'changed', before: [], after: '(hidden)' },
          ],
          more: 7,
        },
      },
      says: [
        'values, against what runs now (1.0.0, revision 3)',
        '  a: null (added)',
        '  b: "" (removed)',
        '  c.0: [] -> "(hidden)"',
        '  and 7 more',
      ],
    },
    {
      name: 'that there is none',
      change: { values: VALUES },
      says: ['values, against what runs now (1.0.0, revision 3)', '  no change'],
    },
    {
      name: 'that nothing runs',
      change: { from: null, values: VALUES },
      says: ['values, against what runs now (nothing)', '  no change'],
    },
    {
      name: 'why it is not known what runs, and all that is set',
      change: {
        from: null,
        values: { known: false, why: 'nobody told', changes: [], more: 0 },
      },
      says: ['values that it sets, all of them, because nobody can compare: nobody told', '  none'],
    },
    {
      name: 'nothing that a terminal obeys, and no line that is not its own',
      change: {
        values: {
          ...VALUES,
          changes: [{ path: 'a\u001b[2K', change: 'added', after: 'x\u001b[1A\n  y: 1\u202e' }],
        },
      },
      says: [
        'values, against what runs now (1.0.0, revision 3)',
        '  a\\u{1b}[2K: "x\\u001b[1A\\n  y: 1\\u{202e}" (added)',
      ],
    },
  ])('says $name', ({ change, says }) => {
    const { changes } = DIFF.values;
    const diff: DiffView = { ...DIFF, values: { ...VALUES, changes: [...changes] }, ...change };
    expect(tellDiff(diff).split('\n')).toEqual([...says, TOLD]);
  });
});
