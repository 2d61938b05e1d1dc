import { describe, expect, it } from '@jest/globals';
import { sumQuantities } from './quantity.js';

describe('the sum of quantities', () => {
  it.each([
    { name: 'one as it is written', given: ['0.50'], expected: '0.50' },
    { name: 'none', given: [], expected: '0' },
    { name: 'millicores', given: ['50m', '100m'], expected: '150m' },
    { name: 'millicores that make a core', given: ['500m', '1.5'], expected: '2' },
    { name: 'binary', given: ['64Mi', '64Mi'], expected: '128Mi' },
    { name: 'binary that carries over', given: ['512Mi', '512Mi'], expected: '1Gi' },
    { name: 'decimal and binary', given: ['1M', '1Ki'], expected: '1001024' },
    { name: 'the largest exactly', given: ['8Ei', '1'], expected: '9223372036854775809' },
    { name: 'something else', given: ['1', 'plenty'], expected: null },
  ])('is exact: $name', ({ given, expected }) => {
    expect(sumQuantities(given)).toBe(expected);
  });
});
