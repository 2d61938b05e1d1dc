/** The last bytes of an output, however long it is. */
export class OutputTail {
  private chunks: Buffer[] = [];
  private size = 0;

  constructor(private readonly maxBytes: number) {}

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.size += chunk.length;
    if (this.size > 2 * this.maxBytes) this.trim();
  }

  text(): string {
    this.trim();
    return Buffer.concat(this.chunks).toString('utf8');
  }

  private trim(): void {
    const whole = Buffer.concat(this.chunks);
    const kept = whole.subarray(Math.max(0, whole.length - this.maxBytes));
    this.chunks = [kept];
    this.size = kept.length;
  }
}
