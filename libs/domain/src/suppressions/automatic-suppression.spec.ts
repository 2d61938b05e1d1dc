import { describe, expect, it } from '@jest/globals';
import { evaluateConstraints } from '../constraints/constraint-evaluator.js';
import { automaticSuppression } from '../constraints/automatic-suppression-constraint.js';
import { somePlanFacts } from '../testing.js';
import { type AutomaticSuppression, suppressionAfter } from './automatic-suppression.js';

const PLAN = { id: 'plan-1', entity: 'aria-dev', environment: 'dev', contentKey: 'first' };
const MINUTE_MS = 60_000;

/** The suppression after plans failed with these contents, each as soon as it was tried again. */
function afterFailures(contents: readonly string[]): AutomaticSuppression {
  let at = new Date('2026-01-05T09:00:00.000Z');
  let suppression: AutomaticSuppression | undefined;
  for (const [index, contentKey] of contents.entries()) {
    const plan = { ...PLAN, id: `plan-${String(index + 1)}`, contentKey };
    const id = `suppression-${String(index + 1)}`;
    suppression = suppressionAfter({ id, plan, at, reason: 'unhealthy: it crashes' }, suppression);
    at = new Date(suppression.until);
  }
  if (suppression === undefined) throw new Error('nothing failed');
  return suppression;
}

function minutesOf({ from, until }: AutomaticSuppression): number {
  return (Date.parse(until) - Date.parse(from)) / MINUTE_MS;
}

describe('an automatic suppression', () => {
  it.each([
    { failures: 1, minutes: 30 },
    { failures: 2, minutes: 60 },
    { failures: 3, minutes: 120 },
    { failures: 4, minutes: 240 },
    { failures: 5, minutes: 480 },
    { failures: 6, minutes: 960 },
    { failures: 7, minutes: 1440 },
    { failures: 8, minutes: 1440 },
    { failures: 5000, minutes: 1440 },
  ])('lasts $minutes minutes after $failures failures in a row', ({ failures, minutes }) => {
    const suppression = afterFailures(Array<string>(failures).fill('same'));
    expect(minutesOf(suppression)).toBe(minutes);
    expect(suppression).toMatchObject({ failures, planId: `plan-${String(failures)}` });
  });

  it('begins at the failure and keeps its id while failures go on', () => {
    expect(afterFailures(['same', 'same', 'same'])).toEqual({
      id: 'suppression-1',
      entity: 'aria-dev',
      environment: 'dev',
      from: '2026-01-05T10:30:00.000Z',
      until: '2026-01-05T12:30:00.000Z',
      failures: 3,
      planId: 'plan-3',
      contentKey: 'same',
      reason: 'unhealthy: it crashes',
    });
  });

  it('starts anew when other content fails', () => {
    const suppression = afterFailures(['first', 'first', 'second']);
    expect(minutesOf(suppression)).toBe(30);
    expect(suppression).toMatchObject({ id: 'suppression-3', failures: 1, contentKey: 'second' });
  });

  it.each([
    { name: 'when it begins', now: '2026-01-05T09:00:00.000Z', satisfied: false },
    { name: 'in its last millisecond', now: '2026-01-05T09:29:59.999Z', satisfied: false },
    { name: 'when it ends', now: '2026-01-05T09:30:00.000Z', satisfied: true },
    { name: 'long after', now: '2026-03-05T09:30:00.000Z', satisfied: true },
  ])('holds a plan $name: $satisfied', ({ now, satisfied }) => {
    const facts = somePlanFacts({ now: new Date(now), suppression: afterFailures(['a']) });
    expect(evaluateConstraints([automaticSuppression], facts).satisfied).toBe(satisfied);
  });

  it.each([
    { failures: 1, said: 'plan plan-1 (unhealthy: it crashes)' },
    { failures: 2, said: 'plan plan-2, the 2nd time in a row (unhealthy: it crashes)' },
    { failures: 3, said: 'plan plan-3, the 3rd time in a row (unhealthy: it crashes)' },
    { failures: 11, said: 'plan plan-11, the 11th time in a row (unhealthy: it crashes)' },
    { failures: 21, said: 'plan plan-21, the 21st time in a row (unhealthy: it crashes)' },
  ])('says what failed, and how often ($failures)', ({ failures, said }) => {
    const suppression = afterFailures(Array<string>(failures).fill('same'));
    const facts = somePlanFacts({ now: new Date(suppression.from), suppression });
    const [violation] = automaticSuppression.evaluate(facts).violations;
    expect(violation?.message).toContain(
      `aria-dev is left alone until ${suppression.until} because of ${said}`,
    );
    expect(violation).toMatchObject({ recheckAt: suppression.until, data: { failures } });
  });
});
