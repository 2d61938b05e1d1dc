import { describe, expect, it } from '@jest/globals';
import { isLabelledBy } from './label-origin.js';
import { PLAN_LABEL } from './release-record.js';
import { underlyingState } from './release-state.js';
import { observed } from './testing/release-fixtures.js';

describe('isLabelledBy', () => {
  it.each([
    { name: 'a first installation', labels: ['plan-1'], from: 1, expected: true },
    {
      name: 'an upgrade over another plan’s',
      labels: ['plan-0', 'plan-1'],
      from: 1,
      expected: true,
    },
    { name: 'an upgrade of an adopted release', labels: [null, 'plan-1'], from: 1, expected: true },
    { name: 'a label inherited by an upgrade', labels: ['plan-0', 'plan-1', 'plan-1'], from: 1 },
    {
      name: 'a label brought back by a rollback',
      labels: ['plan-0', 'plan-1', 'plan-2', 'plan-1'],
      from: 1,
    },
    { name: 'another plan’s head', labels: ['plan-1', 'plan-2'], from: 1 },
    { name: 'no label at all', labels: [null], from: 1 },
    {
      name: 'an upgrade after older ones were pruned',
      labels: ['plan-0', 'plan-1'],
      from: 7,
      expected: true,
    },
    { name: 'one of which everything before was pruned', labels: ['plan-1'], from: 7 },
  ])('tells $name', ({ labels, from, expected = false }) => {
    const state = underlyingState(
      observed(
        labels.map(() => 'deployed'),
        { from },
      ),
    );
    if (state === null) throw new Error('there is a release');
    const history = state.history.map((revision, index) => {
      const label = labels[index];
      return { ...revision, labels: typeof label === 'string' ? { [PLAN_LABEL]: label } : {} };
    });
    expect(isLabelledBy('plan-1', { head: state.head, history })).toBe(expected);
  });
});
