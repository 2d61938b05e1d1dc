import { describe, expect, it } from '@jest/globals';
import { TIERS, type Tier } from '../catalog/environment.js';
import { checkPromotionPath, PROMOTION_PATHS, tellPath } from './promotion-path.js';

const NAMES: Readonly<Record<Tier, string>> = {
  development: 'dev',
  staging: 'staging',
  production: 'prod',
};
const VALID = ['dev → staging', 'dev → prod', 'staging → prod'];
const PAIRS = TIERS.flatMap((from) =>
  TIERS.map((to) => {
    const path = `${NAMES[from]} → ${NAMES[to]}`;
    return { path, from, to, expected: VALID.includes(path) };
  }),
);

describe('a promotion', () => {
  it.each(PAIRS)('$path is a path: $expected', ({ path, from, to, expected }) => {
    const ends = [
      { name: NAMES[from], tier: from },
      { name: NAMES[to], tier: to },
    ] as const;
    const checked = checkPromotionPath(PROMOTION_PATHS, ...ends);
    expect(checked.ok).toBe(expected);
    if (!checked.ok) {
      expect(checked.error).toEqual({
        code: 'promotion/invalid_path',
        detail: `Invalid promotion path: ${path}`,
        field: 'to_env',
        data: { accepted: VALID },
      });
    }
  });

  it('goes by tiers, whatever the names, and only where the hub lets it', () => {
    const ends = [
      { name: 'lab', tier: 'development' },
      { name: 'prod-eu', tier: 'production' },
    ] as const;
    expect(checkPromotionPath(PROMOTION_PATHS, ...ends).ok).toBe(true);
    const stricter = PROMOTION_PATHS.filter((path) => tellPath(path, ':') !== 'dev:prod');
    expect(checkPromotionPath(stricter, ...ends)).toMatchObject({
      ok: false,
      error: {
        detail: 'Invalid promotion path: lab → prod-eu',
        data: { accepted: ['dev → staging', 'staging → prod'] },
      },
    });
  });
});
