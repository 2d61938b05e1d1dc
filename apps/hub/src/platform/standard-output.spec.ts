import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { StandardOutput } from './standard-output.js';

describe('the stream of the log', () => {
  it('takes lines until it breaks, and then drops them', () => {
    const lines: string[] = [];
    const stream = new Writable({
      write: (line: Buffer, _encoding, done) => {
        lines.push(line.toString());
        done();
      },
    });
    const output = new StandardOutput(stream);

    output.write('one');
    stream.emit('error', new Error('EPIPE'));
    output.write('two');

    expect(lines).toEqual(['one']);
  });
});
