import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Level, type LevelWithSilent, type Logger } from 'pino';

/** Parts of the framework that narrate its start, line by line. */
const NARRATORS: readonly unknown[] = ['InstanceLoader', 'RoutesResolver', 'RouterExplorer'];

/**
 * One JSON object a line. Requests are logged without their bodies and headers, so that no secret
 * gets in; errors are logged with their causes.
 */
export class JsonLogger implements LoggerService {
  private readonly pino: Logger;

  constructor(level: LevelWithSilent, destination: DestinationStream) {
    this.pino = pino({ level, base: { process: process.pid } }, destination);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write(NARRATORS.includes(rest.at(-1)) ? 'debug' : 'info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest puts the name of who logs last, and a stack before it. */
  private write(level: Level, message: unknown, rest: readonly unknown[]): void {
    const source = rest.at(-1);
    const fields = {
      ...(typeof source === 'string' && { source }),
      ...(rest.length > 1 && { stack: rest[0] }),
    };
    if (message instanceof Error) this.pino[level]({ ...fields, err: message });
    else if (typeof message === 'string') this.pino[level](fields, message);
    else this.pino[level]({ ...fields, ...(message as object) });
  }
}
