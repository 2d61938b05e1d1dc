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
    expect(suppressionView(stored)).toMatchObject({ id: 'freeze', reason: '', hard: false });
  });
});
