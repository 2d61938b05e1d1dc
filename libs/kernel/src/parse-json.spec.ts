import { describe, expect, it } from '@jest/globals';
import { parseJson } from './parse-json.js';

describe('JSON from elsewhere', () => {
  it.each([
    { name: 'an object', text: '{"a": [1, null]}', expected: { a: [1, null] } },
    { name: 'null, which is a value', text: 'null', expected: null },
    { name: 'nothing', text: '', expected: undefined },
    { name: 'an object that is cut off', text: '{"a": 1', expected: undefined },
    { name: 'a word that is none of JSON', text: 'undefined', expected: undefined },
  ])('is read as $expected where it is $name', ({ text, expected }) => {
    expect(parseJson(text)).toEqual(expected);
  });
});
