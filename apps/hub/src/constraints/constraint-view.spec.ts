import type { StoredConstraint } from '@apollo-deploy/domain';
import { aConstraint } from '@apollo-deploy/orchestration/testing';
import { describe, expect, it } from '@jest/globals';
import { constraintView } from './constraint-view.js';
import { suppressionView } from './suppression-view.js';

/** As a newer version, or a hand, may have left it in the database. */
const left = (change: object): StoredConstraint => ({ ...aConstraint(), ...change });

describe('what is shown of a constraint', () => {
  it('says nothing of reading where it can be read', () => {
    expect(constraintView(aConstraint())).not.toHaveProperty('unreadable');
  });

  it('says why it cannot be read, and shows it as it is', () => {
    const view = constraintView(left({ kind: 'moon_phase', spec: { phase: 'full' } }));
    expect(view).toMatchObject({
      kind: 'moon_phase',
      spec: { phase: 'full' },
      unreadable: 'kind "moon_phase" is not known',
    });
  });

  it('is there also of a suppression that has lost its spec', () => {
    const stored = left({ id: 'freeze', kind: 'suppression_window', spec: null });
    expect(suppressionView(stored, new Date(0))).toMatchObject({
      id: 'freeze',
      reason: '',
      hard: false,
    });
  });

  it.each([
    { name: 'that has not begun', at: '2026-01-04T00:00:00.000Z', ended: false },
    { name: 'a millisecond before its end', at: '2026-01-05T23:59:59.999Z', ended: false },
    { name: 'at its end', at: '2026-01-06T00:00:00.000Z', ended: true },
  ])('says of a suppression $name whether it is over: $ended', ({ at, ended }) => {
    const spec = { start: '2026-01-05T00:00:00.000Z', end: '2026-01-06T00:00:00.000Z' };
    const stored = left({ kind: 'suppression_window', spec: { ...spec, reason: 'Audit' } });
    expect(suppressionView(stored, new Date(at)).ended).toBe(ended);
  });

  it('says of a recurring suppression that it is never over', () => {
    const spec = { cron: '0 0 * * *', durationMinutes: 60, reason: 'Audit' };
    const stored = left({ kind: 'suppression_window', spec });
    expect(suppressionView(stored, new Date('2099-01-01T00:00:00.000Z')).ended).toBe(false);
  });
});
