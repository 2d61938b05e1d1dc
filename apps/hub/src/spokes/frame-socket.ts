/** What a connection needs of a WebSocket; that of `ws` has it. */
export interface FrameSocket {
  /** Bytes that were given to `send` and not yet to the kernel. */
  readonly bufferedAmount: number;
  /** `written` is called when the kernel has taken the frame, or with the reason why it has not. */
  send(text: string, written: (error?: Error | null) => void): void;
  close(code: number, reason: string): void;
  /** Cuts the connection without a word. */
  terminate(): void;
  /** Stops reading, so that the peer's sends back up. */
  pause(): void;
  resume(): void;
  on(event: 'message', listener: (data: FrameData, isBinary: boolean) => void): unknown;
  on(event: 'ping' | 'pong', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'close', listener: (code: number, reason: Uint8Array) => void): unknown;
}

export type FrameData = Buffer | ArrayBuffer | Buffer[];

export function textOf(data: FrameData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (data instanceof ArrayBuffer ? Buffer.from(data) : data).toString('utf8');
}
