import { describe, expect, it } from '@jest/globals';
import { unacceptableJson } from './inspect-content.js';

describe('JSON from outside', () => {
  it.each<{ name: string; body: unknown }>([
    { name: 'nothing', body: undefined },
    { name: 'what APIs usually send', body: { a: [1, 'x', null, { b: true }] } },
    { name: 'a whole surrogate pair', body: { a: '😀', '😀': 1 } },
    { name: '100 levels', body: nested(99) },
  ])('may be $name', ({ body }) => {
    expect(unacceptableJson(body)).toBeUndefined();
  });

  it.each<{ name: string; body: unknown }>([
    { name: '101 levels', body: nested(100) },
    { name: 'a hundred thousand levels', body: nested(100_000) },
    { name: 'U+0000 in a text', body: { a: ['x\0'] } },
    { name: 'U+0000 in a name', body: { 'a\0': 1 } },
    { name: 'half a surrogate pair', body: { a: '\ud83d' } },
    { name: 'a prototype', body: JSON.parse('{"a": {"__proto__": {}}}') },
  ])('may not be $name', ({ body }) => {
    expect(unacceptableJson(body)).toMatchObject({ code: 'http/invalid_request' });
  });
});

/** An empty list in as many lists. */
function nested(levels: number): unknown {
  let value: unknown = [];
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}
