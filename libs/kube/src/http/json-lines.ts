import { StringDecoder } from 'node:string_decoder';

/** Cuts a stream of bytes into lines, however the bytes are sliced. Empty lines are left out. */
export class JsonLines {
  private readonly decoder = new StringDecoder('utf8');
  private pieces: string[] = [];

  /** The lines that this chunk completed. */
  push(chunk: Buffer): string[] {
    const [first = '', ...rest] = this.decoder.write(chunk).split('\n');
    this.pieces.push(first);
    if (rest.length === 0) return [];
    const lines = [this.pieces.join(''), ...rest.slice(0, -1)];
    this.pieces = rest.slice(-1);
    return lines.filter((line) => line.trim() !== '');
  }
}
