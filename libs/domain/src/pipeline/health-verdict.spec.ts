import { describe, expect, it } from '@jest/globals';
import { nextLookAt, verdictOf } from './health-verdict.js';

const looks = (told: string) =>
  [...told].map((one) => ({ at: '2026-01-05T09:00:00.000Z', healthy: one === '+', detail: '' }));

describe('looks at a service', () => {
  it.each([
    ['', undefined],
    ['+', undefined],
    ['-', undefined],
    ['++', undefined],
    ['+-', undefined],
    ['-+', undefined],
    ['--', 'unhealthy'],
    ['+++', 'healthy'],
    ['-++', 'healthy'],
    ['+-+', 'healthy'],
    ['++-', undefined],
    ['++-+', 'healthy'],
    ['++--', 'unhealthy'],
    ['--+', 'unhealthy'],
    ['-+-', 'unhealthy'],
    ['+--', 'unhealthy'],
    ['---', 'unhealthy'],
  ])('%p amount to %p', (told, verdict) => {
    expect(verdictOf(looks(told))).toBe(verdict);
  });

  it('are as far apart as half of the settling time, however late the one before was', () => {
    const now = new Date('2026-01-05T10:00:00.000Z');
    expect(nextLookAt([], 15_000, now)).toBe('2026-01-05T10:00:00.000Z');
    expect(nextLookAt(looks('+'), 15_000, now)).toBe('2026-01-05T09:00:07.500Z');
  });
});
