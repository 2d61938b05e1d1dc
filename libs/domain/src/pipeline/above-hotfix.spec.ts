import { describe, expect, it } from '@jest/globals';
import { checkAboveHotfix } from './above-hotfix.js';

const HOTFIX = { id: 'deploy_1', toVersion: '1.2.1', underWay: false };

describe('a promotion to where the hotfix 1.2.1 runs', () => {
  it.each([
    { version: '1.2.0', taken: false },
    { version: '1.2.1-rc.1', taken: false },
    { version: '1.2.1', taken: true },
    { version: '1.3.0', taken: true },
  ])('of $version is taken: $taken', ({ version, taken }) => {
    expect(checkAboveHotfix(version, HOTFIX, 'prod').ok).toBe(taken);
    expect(checkAboveHotfix(version, undefined, 'prod').ok).toBe(true);
  });

  it('says which hotfix it would take back, and what to do instead', () => {
    expect(checkAboveHotfix('1.2.0', HOTFIX, 'prod')).toEqual({
      ok: false,
      error: {
        code: 'promotion/below_hotfix',
        detail:
          '1.2.0 is older than 1.2.1, which runs in prod by hotfix deploy_1; promote 1.2.1 or a newer version that has the fix, or go back with POST /rollback',
        data: { hotfix: 'deploy_1', version: '1.2.0', toVersion: '1.2.1' },
      },
    });
  });

  it('says where it is only on its way', () => {
    const underWay = { ...HOTFIX, underWay: true };
    expect(checkAboveHotfix('1.2.0', underWay, 'prod')).toMatchObject({
      error: {
        detail: expect.stringContaining('1.2.1, which is on its way to prod by hotfix deploy_1'),
      },
    });
  });
});
