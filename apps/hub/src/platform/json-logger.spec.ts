import { describe, expect, it } from '@jest/globals';
import { JsonLogger } from './json-logger.js';

describe('the log', () => {
  function logged(write: (logger: JsonLogger) => void): readonly Record<string, unknown>[] {
    const lines: string[] = [];
    write(new JsonLogger('info', { write: (line) => void lines.push(line) }));
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  it('has one JSON object a line, with who wrote it', () => {
    expect(logged((logger) => logger.log('two\nlines', 'Engine'))).toMatchObject([
      { level: 30, msg: 'two\nlines', source: 'Engine' },
    ]);
  });

  it('has errors with their causes', () => {
    const error = new Error('no answer', { cause: new Error('connection refused') });

    expect(JSON.stringify(logged((logger) => logger.error(error, 'Store')))).toContain(
      'connection refused',
    );
  });

  it('has objects as they are', () => {
    const err = new Error('broken');
    expect(logged((logger) => logger.error({ err, requestId: 'r-1' }, 'Filter'))).toMatchObject([
      { level: 50, requestId: 'r-1', source: 'Filter', err: { message: 'broken' } },
    ]);
  });

  it('leaves out what is below its level, and how the framework starts', () => {
    const lines = logged((logger) => {
      logger.debug('details', 'Engine');
      logger.log('Mapped {/health, GET} route', 'RouterExplorer');
    });
    expect(lines).toEqual([]);
  });
});
