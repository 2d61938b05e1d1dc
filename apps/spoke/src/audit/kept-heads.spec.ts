import type { AuditHead } from '@apollo-deploy/protocol';
import { describe, expect, it } from '@jest/globals';
import { keepHead, type KeptHeads } from './kept-heads.js';

const DAY_MS = 86_400_000;
const NOON = new Date('2026-03-02T12:00:00.000Z');
const AT = '2026-03-02T11:59:59.000Z';

const head = (number: number, letter = 'a'): AuditHead => ({
  ...{ number, at: AT },
  hash: letter.repeat(64),
});
const inDays = (days: number): Date => new Date(NOON.getTime() + days * DAY_MS);
const keptAt = (told: AuditHead, when = NOON) => ({ ...told, keptAt: when.toISOString() });

/** What is kept after these were told, one a day. */
function after(...told: readonly AuditHead[]): KeptHeads | null {
  return told.reduce<KeptHeads | null>((kept, one, day) => keepHead(kept, one, inDays(day)), null);
}

describe('heads of the audit trail, as a spoke keeps them', () => {
  it('begin with the first that there is', () => {
    expect(after(head(0, '0'))).toBeNull();
    const first = keptAt(head(7));
    expect(after(head(7))).toEqual({ newest: first, days: { '2026-03-02': first } });
  });

  it('are the newest, and the last of each day', () => {
    const early = keepHead(after(head(7), head(8, 'b')), head(9, 'c'), inDays(1));
    expect(early).toEqual({
      newest: keptAt(head(9, 'c'), inDays(1)),
      days: { '2026-03-02': keptAt(head(7)), '2026-03-03': keptAt(head(9, 'c'), inDays(1)) },
    });
  });

  it('are of 31 days', () => {
    const kept = after(...Array.from({ length: 40 }, (_, index) => head(index + 1)));
    const days = Object.keys(kept?.days ?? {});
    expect(days).toHaveLength(31);
    expect([days[0], days.at(-1)]).toEqual(['2026-03-11', '2026-04-10']);
  });

  it('stay the same object where one is told again, so that nothing is written', () => {
    const kept = after(head(7));
    expect(keepHead(kept, { ...head(7), at: '2026-03-05T00:00:00.000Z' }, inDays(3))).toBe(kept);
  });

  it.each([
    { name: 'a lower number', told: head(6) },
    { name: 'no entries at all', told: head(0, '0') },
    { name: 'another hash for the same number', told: head(7, 'b') },
  ])('are contradicted by $name, which is noted', ({ told }) => {
    const kept = after(head(7));
    expect(keepHead(kept, told, inDays(1))).toEqual({
      ...kept,
      contradiction: { kept: keptAt(head(7)), told: keptAt(told, inDays(1)) },
    });
  });

  it.each([
    { name: 'another hash', before: { number: 7, hash: 'b'.repeat(64) }, contradicts: true },
    { name: 'the same', before: { number: 7, hash: 'a'.repeat(64) }, contradicts: false },
    { name: 'of another number', before: { number: 8, hash: 'b'.repeat(64) }, contradicts: false },
  ])('judge a newer one by what it says of the newest kept: $name', ({ before, contradicts }) => {
    const kept = after(head(7));
    const told = { ...head(9, 'c'), before };
    expect(keepHead(kept, told, inDays(1))).toEqual(
      contradicts
        ? {
            ...kept,
            contradiction: {
              kept: keptAt(head(7)),
              told: keptAt({ ...before, at: AT }, inDays(1)),
            },
          }
        : {
            newest: keptAt(head(9, 'c'), inDays(1)),
            days: { ...kept?.days, '2026-03-03': keptAt(head(9, 'c'), inDays(1)) },
          },
    );
  });

  it('once contradicted stay as they are, whatever is told after', () => {
    const kept = after(head(7), head(6));
    expect(keepHead(kept, head(100), inDays(2))).toBe(kept);
    expect(keepHead(kept, head(1), inDays(2))).toBe(kept);
  });
});
