import { describe, expect, it } from '@jest/globals';
import { aBreakGlass } from '../testing.js';
import type { BreakGlass } from './break-glass.js';
import { refuseToOweMore } from './owe-no-more.js';

const owing = (count: number, change: Partial<BreakGlass> = {}): readonly BreakGlass[] =>
  Array.from({ length: count }, (_, each) =>
    aBreakGlass({ id: `owed-${String(each)}`, ...change }),
  );

describe('one who wants to break glass, besides what nobody has reviewed of theirs', () => {
  const wanted = aBreakGlass({ id: 'wanted' });

  it.each<{ name: string; owed: readonly BreakGlass[]; refused: boolean }>([
    { name: 'nothing', owed: [], refused: false },
    { name: 'four', owed: owing(4), refused: false },
    { name: 'five', owed: owing(5), refused: true },
    { name: 'five of another person', owed: owing(5, { openedBy: 'bob' }), refused: false },
    { name: 'five of another product', owed: owing(5, { product: 'web' }), refused: false },
    { name: 'five elsewhere', owed: owing(5, { environment: 'eu' }), refused: false },
  ])('is refused with $name: $refused', ({ owed, refused }) => {
    expect(refuseToOweMore(wanted, owed) !== undefined).toBe(refused);
  });

  it('hears what to do', () => {
    expect(refuseToOweMore(wanted, owing(5))).toMatchObject({
      code: 'break_glass/too_many_owed',
      detail: expect.stringContaining('POST /api/v1/break-glass/owed-0/review'),
      data: { owed: ['owed-0', 'owed-1', 'owed-2', 'owed-3', 'owed-4'], most: 5 },
    });
  });
});
