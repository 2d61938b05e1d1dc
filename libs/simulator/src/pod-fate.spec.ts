import { describe, expect, it } from '@jest/globals';
import { podFate, type DeployedContent } from './pod-fate.js';

const CONTENT: DeployedContent = {
  spoke: 'dev',
  namespace: 'shop',
  release: 'web',
  chart: { name: 'web', version: '1.0.0' },
  values: { replicas: 2 },
};
const ODDS = { seed: 'a', failures: 0.3 };

/** The fates of a content on so many spokes. */
function fates(count: number, odds = ODDS): readonly ReturnType<typeof podFate>[] {
  return Array.from({ length: count }, (_, index) =>
    podFate({ ...CONTENT, spoke: `spoke-${String(index)}` }, odds),
  );
}

describe('the fate of new pods', () => {
  it('is the same for the same content on the same spoke', () => {
    expect(podFate({ ...CONTENT, values: { replicas: 2 } }, ODDS)).toEqual(podFate(CONTENT, ODDS));
  });

  it.each([
    { name: 'the spoke', other: { ...CONTENT, spoke: 'prod' }, odds: ODDS },
    { name: 'the values', other: { ...CONTENT, values: { replicas: 3 } }, odds: ODDS },
    {
      name: 'the chart',
      other: { ...CONTENT, chart: { name: 'web', version: '1.0.1' } },
      odds: ODDS,
    },
    { name: 'the seed', other: CONTENT, odds: { ...ODDS, seed: 'b' } },
  ])('changes with $name', ({ other, odds }) => {
    expect(podFate(other, odds)).not.toEqual(podFate(CONTENT, ODDS));
  });

  it('fails as often as it is told to, in every way there is', () => {
    const failed = fates(2000).filter(({ behaviour }) => behaviour !== 'ready');
    expect(failed.length / 2000).toBeCloseTo(0.3, 1);
    expect(new Set(failed.map(({ behaviour }) => behaviour))).toEqual(
      new Set(['crash-loop', 'image-pull', 'never-ready']),
    );
  });

  it.each([
    { name: 'never', failures: 0, expected: 0 },
    { name: 'always', failures: 1, expected: 200 },
  ])('fails $name', ({ failures, expected }) => {
    const failed = fates(200, { ...ODDS, failures }).filter((it) => it.behaviour !== 'ready');
    expect(failed).toHaveLength(expected);
  });

  it('takes from 0.2 to 1.5 s', () => {
    const times = fates(500).map(({ afterMs }) => afterMs);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(200);
    expect(Math.max(...times)).toBeLessThanOrEqual(1500);
  });
});
