import { expect, it } from '@jest/globals';
import { hotfixReason } from './hotfix-reason.js';

const TOO_SHORT = 'Hotfix requires a detailed reason (min 10 characters)';

it.each([
  { name: 'ten characters', text: '0123456789', expected: '0123456789' },
  { name: 'blanks around ten characters', text: ' \n0123456789\t ', expected: '0123456789' },
  { name: '500 characters', text: 'x'.repeat(500), expected: 'x'.repeat(500) },
  { name: 'lines', text: 'logins fail\nsince 09:00', expected: 'logins fail\nsince 09:00' },
])('a hotfix is taken for a reason of $name', ({ text, expected }) => {
  expect(hotfixReason(text)).toEqual({ ok: true, value: expected });
});

it.each([
  { name: 'no characters', text: '', detail: TOO_SHORT },
  { name: 'nine characters', text: '012345678', detail: TOO_SHORT },
  { name: 'nine characters and blanks', text: '  012345678   ', detail: TOO_SHORT },
  { name: 'blanks alone', text: ' '.repeat(40), detail: TOO_SHORT },
  { name: 'blanks without width', text: '\u200B'.repeat(12), detail: TOO_SHORT },
  { name: 'soft hyphens', text: '\u00AD'.repeat(12), detail: TOO_SHORT },
  { name: 'Braille without dots', text: '\u2800'.repeat(12), detail: TOO_SHORT },
  { name: 'nine characters and fillers', text: '012345678\u3164\u2060', detail: TOO_SHORT },
  {
    name: 'colours for a terminal',
    text: '\u001B[31mlogins fail\u001B[0m',
    detail: 'the reason has control characters, which a terminal may obey; send it as plain text',
  },
  {
    name: '501 characters',
    text: 'x'.repeat(501),
    detail:
      'the reason has 501 characters; accepted are 500 at most: say the rest where you work on it',
  },
])('a hotfix is refused for a reason of $name', ({ text, detail }) => {
  expect(hotfixReason(text)).toEqual({
    ok: false,
    error: { code: 'hotfix/reason', detail, field: 'reason' },
  });
});
