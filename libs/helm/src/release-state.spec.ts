import { describe, expect, it } from '@jest/globals';
import { RELEASE_STATUSES } from './release-record.js';
import { headOf, releaseState, underlyingState } from './release-state.js';
import { observed } from './testing/release-fixtures.js';

const KIND = {
  unknown: 'foreign',
  deployed: 'deployed',
  uninstalled: 'uninstalled',
  superseded: 'failed',
  failed: 'failed',
  uninstalling: 'locked uninstall',
  'pending-install': 'locked install',
  'pending-upgrade': 'locked upgrade',
  'pending-rollback': 'locked rollback',
} as const satisfies Record<(typeof RELEASE_STATUSES)[number], string>;

describe('releaseState', () => {
  it('is absent without any Secret', () => {
    expect(releaseState({ head: null, history: [], lastDeployed: null })).toEqual({
      kind: 'absent',
    });
  });

  it.each(RELEASE_STATUSES)('goes by the status of the head: %s', (status) => {
    const state = observed(['deployed', status]);
    const by = state.kind === 'locked' ? ` ${state.by}` : '';
    expect(state.kind + by).toBe(KIND[status]);
  });

  it('keeps the deployed revision below a failed one', () => {
    const state = observed(['superseded', 'deployed', 'failed']);
    expect(state).toMatchObject({ head: { revision: 3 }, lastDeployed: { revision: 2 } });
  });

  it.each([
    { name: 'no revision is labelled with a plan', unmanaged: true, expected: 'foreign' },
    { name: 'one is', unmanaged: false, expected: 'deployed' },
  ])('is $expected when $name', ({ unmanaged, expected }) => {
    expect(observed(['superseded', 'deployed'], { unmanaged }).kind).toBe(expected);
  });

  it('is foreign when the head cannot be read, whoever made it', () => {
    const state = releaseState({ head: { message: 'cut off' }, history: [], lastDeployed: null });
    expect(state).toEqual({
      kind: 'foreign',
      reason: 'unreadable',
      message: 'cut off',
      history: [],
    });
    expect(headOf(state)).toBeNull();
    expect(underlyingState(state)).toBeNull();
  });

  it('shows the head of a release it did not make', () => {
    expect(headOf(observed(['deployed'], { unmanaged: true }))).toMatchObject({ revision: 1 });
  });
});
