import { once } from 'node:events';
import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { StandardOutput } from './standard-output.js';

/** A stream whose reader takes a line when it is told to. */
function slowStream() {
  const lines: string[] = [];
  let next: (error?: Error) => void = () => undefined;
  const stream = new Writable({
    write: (line: Buffer, _encoding, done) => {
      lines.push(line.toString());
      next = done;
    },
  });
  return { stream, lines, read: (error?: Error) => next(error) };
}

describe('the output of the log', () => {
  it('is dropped for good once the stream is broken', async () => {
    const { stream, lines, read } = slowStream();
    const output = new StandardOutput(stream);
    output.write('one');
    const broken = once(stream, 'error');
    read(new Error('write EPIPE'));
    await broken;
    output.write('two');
    expect(lines).toEqual(['one']);
  });

  it('is dropped while a mebibyte waits to be read, and goes on after that', () => {
    const { stream, lines, read } = slowStream();
    const output = new StandardOutput(stream);
    const half = 'x'.repeat(512 * 1024);
    for (const line of [half, half, 'dropped']) output.write(line);
    read();
    output.write('kept');
    read();
    read();
    expect(lines).toEqual([half, half, 'kept']);
  });
});
