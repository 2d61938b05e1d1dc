import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plain, plainJson, screened } from './plain.js';

/** What a terminal obeys, and what turns text around. */
const OBEYED = /(?!\n)[\p{Cc}\p{Cf}]/u;
const anyText = fc.string({ unit: 'binary', maxLength: 40 });

describe('a text from elsewhere', () => {
  it.each([
    { name: 'a plain one', text: 'später, \u{1f600}', shown: 'später, \u{1f600}' },
    { name: 'a colour', text: 'a\u001b[31mb', shown: 'a\\u{1b}[31mb' },
    { name: 'a title of the window', text: '\u001b]0;x\u0007', shown: '\\u{1b}]0;x\\u{7}' },
    { name: 'an escape of one character', text: '\u009b31m', shown: '\\u{9b}31m' },
    { name: 'lines', text: 'a\r\nb\u2028c\td', shown: 'a b c d' },
    { name: 'text that runs backwards', text: 'a\u202etxt', shown: 'a\\u{202e}txt' },
    { name: 'something that is not seen', text: 'sre\u200b-1', shown: 'sre\\u{200b}-1' },
    { name: 'half a character', text: 'a\ud800', shown: 'a\\u{d800}' },
    { name: 'nothing', text: undefined, shown: '-' },
    { name: 'an empty one', text: '', shown: '-' },
    { name: 'a number', text: 3, shown: '3' },
  ])('is shown so that nothing obeys it: $name', ({ text, shown }) => {
    expect(plain(text)).toBe(shown);
  });

  it('never holds anything that a terminal obeys, as a text, as lines or as JSON', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const json = plainJson(JSON.stringify({ text }));
        expect(plain(text)).not.toMatch(/[\n]/);
        for (const shown of [plain(text), screened(text), json]) expect(shown).not.toMatch(OBEYED);
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
  });

  it('keeps the lines of lines', () => {
    expect(screened('a\n  b\u001bc\n')).toBe('a\n  b\\u{1b}c\n');
  });
});
