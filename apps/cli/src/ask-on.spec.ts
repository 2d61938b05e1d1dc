import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { askOn } from './ask-on.js';

describe('a question to a person', () => {
  it.each([
    { name: 'a line', typed: 'y\n', answer: 'y', after: '' },
    { name: 'the first of several lines', typed: 'n\ny\n', answer: 'n', after: '' },
    { name: 'an end without a line feed', typed: 'y', answer: 'y', after: '' },
    { name: 'an empty line', typed: '\n', answer: '', after: '' },
    { name: 'nothing', typed: '', answer: '', after: '\n' },
  ])('is answered by $name', async ({ typed, answer, after }) => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    input.end(typed);
    expect(await askOn(input, output, 'Sure? [y/N] ')).toBe(answer);
    expect(String(output.read())).toBe(`Sure? [y/N] ${after}`);
  });
});
