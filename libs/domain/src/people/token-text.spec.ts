import { describe, expect, it } from '@jest/globals';
import { isTokenText, tokenText } from './token-text.js';

const SECRET = '0123456789abcdef'.repeat(4);
const TOKEN = `apollo_${SECRET}4bd0b34c`;

describe('the text of a token', () => {
  it('is a prefix, the secret and a checksum', () => {
    expect(tokenText(SECRET)).toBe(TOKEN);
    expect(isTokenText(TOKEN)).toBe(true);
  });

  it.each([
    { name: 'nothing', text: '' },
    { name: 'only the prefix', text: 'apollo_' },
    { name: 'another prefix', text: TOKEN.replace('apollo', 'hermes') },
    { name: 'no prefix', text: TOKEN.slice('apollo_'.length) },
    { name: 'one digit of the secret changed', text: TOKEN.replace('_0', '_1') },
    { name: 'one digit of the checksum changed', text: `${TOKEN.slice(0, -1)}d` },
    { name: 'its end cut off', text: TOKEN.slice(0, -1) },
    { name: 'something after it', text: `${TOKEN}0` },
    { name: 'a newline after it', text: `${TOKEN}\n` },
    { name: 'capitals', text: TOKEN.toUpperCase() },
    { name: 'letters that are no digits', text: TOKEN.replace('abcdef', 'ghijkl') },
  ])('is not $name', ({ text }) => {
    expect(isTokenText(text)).toBe(false);
  });

  it.each(['', SECRET.slice(1), SECRET.toUpperCase(), `${SECRET.slice(1)}\n`])(
    'has no other secret: %p',
    (secret) => {
      expect(() => tokenText(secret)).toThrow(TypeError);
    },
  );
});
