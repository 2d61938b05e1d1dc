import { describe, expect, it } from '@jest/globals';
import { OutputTail } from './output-tail.js';

describe('OutputTail', () => {
  it.each([
    { name: 'less than fits', chunks: ['ab', 'c'], expected: 'abc' },
    { name: 'as much as fits', chunks: ['abcd', 'e'], expected: 'abcde' },
    { name: 'a byte more', chunks: ['abcd', 'ef'], expected: 'bcdef' },
    { name: 'far more, in one piece', chunks: ['0123456789abcdef'], expected: 'bcdef' },
    { name: 'far more, in many', chunks: [...'0123456789abcdef'], expected: 'bcdef' },
    { name: 'nothing', chunks: [], expected: '' },
  ])('keeps the last five bytes of $name', ({ chunks, expected }) => {
    const tail = new OutputTail(5);
    for (const chunk of chunks) tail.push(Buffer.from(chunk));
    expect(tail.text()).toBe(expected);
  });
});
