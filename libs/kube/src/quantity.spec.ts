import { describe, expect, it } from '@jest/globals';
import { exceeds, quantityLeft, sumQuantities } from './quantity.js';

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

describe('what is left of a bound', () => {
  it.each([
    { name: 'of a count', bound: '5', used: '3', expected: '2' },
    { name: 'of bytes', bound: '5Gi', used: '512Mi', expected: '4608Mi' },
    { name: 'of bytes that are not used', bound: '5Gi', used: '0', expected: '5Gi' },
    { name: 'of cores', bound: '2', used: '500m', expected: '1500m' },
    { name: 'nothing, where it was lowered since', bound: '1', used: '3', expected: '0' },
    { name: 'nobody knows', bound: 'plenty', used: '3', expected: null },
  ])('is exact: $name', ({ bound, used, expected }) => {
    expect(quantityLeft(bound, used)).toBe(expected);
  });
});

describe('a quantity', () => {
  it.each([
    { name: 'is more', asked: '1025Mi', free: '1Gi', expected: true },
    { name: 'is as much', asked: '1024Mi', free: '1Gi', expected: false },
    { name: 'cannot be read', asked: 'plenty', free: '1', expected: false },
  ])('that $name than there is', ({ asked, free, expected }) => {
    expect(exceeds(asked, free)).toBe(expected);
  });
});
