import type { LoggerService } from '@nestjs/common';

/** A logger of a whole hub that keeps what it is told, and can be waited on. */
export class RecordedLogger implements LoggerService {
  readonly errors: unknown[] = [];
  private readonly messages: string[] = [];
  private onMessage: () => void = () => undefined;

  log(message: unknown): void {
    this.keep(message);
  }

  warn(message: unknown): void {
    this.keep(message);
  }

  error(message: unknown): void {
    this.errors.push(message);
    this.keep(message);
  }

  /** Resolves when a message with exactly this text has come, now or before. */
  async said(text: string): Promise<void> {
    while (!this.messages.includes(text)) {
      await new Promise<void>((resolve) => (this.onMessage = resolve));
    }
  }

  private keep(message: unknown): void {
    const text =
      typeof message === 'object' && message !== null && 'msg' in message ? message.msg : message;
    this.messages.push(String(text));
    this.onMessage();
  }
}
