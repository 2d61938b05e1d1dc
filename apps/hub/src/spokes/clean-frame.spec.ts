import { describe, expect, it } from '@jest/globals';
import { cleanFrame } from './clean-frame.js';

describe('the text of a frame', () => {
  it.each([
    { name: 'plain text', text: '{"a":"all is well"}', expected: 'all is well' },
    { name: 'a null character', text: '{"a":"x\\u0000y"}', expected: 'x\ufffdy' },
    { name: 'a high surrogate alone', text: '{"a":"x\\ud83dy"}', expected: 'x\ufffdy' },
    { name: 'a low surrogate alone', text: '{"a":"x\\uDE00y"}', expected: 'x\ufffdy' },
    { name: 'two high surrogates', text: '{"a":"\\ud83d\\ud83d\\ude00"}', expected: '\ufffd😀' },
    { name: 'a pair of surrogates', text: '{"a":"\\ud83d\\ude00"}', expected: '😀' },
    { name: 'a backslash before u0000', text: '{"a":"\\\\u0000"}', expected: '\\u0000' },
    { name: 'a backslash and a null', text: '{"a":"\\\\\\u0000"}', expected: '\\\ufffd' },
    { name: 'an escape next to it', text: '{"a":"\\u00e9\\u0000"}', expected: 'é\ufffd' },
  ])('holds only what can be stored: $name', ({ text, expected }) => {
    expect(JSON.parse(cleanFrame(text))).toEqual({ a: expected });
  });

  it('is left as it is where it is no JSON', () => {
    expect(cleanFrame('{"a":')).toBe('{"a":');
  });
});
