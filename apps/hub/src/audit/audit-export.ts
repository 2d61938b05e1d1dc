import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { mayDo } from '@apollo-deploy/domain';
import type { Standing } from '@apollo-deploy/orchestration';
import type { OpenAnswers } from '../http/open-answers.js';
import type { EventLog } from '../spokes/event-log.js';

type Lines = readonly string[];

export interface ExportedLines {
  /** Read before anything is answered. */
  readonly first: IteratorResult<Lines, void>;
  readonly rest: AsyncIterable<Lines>;
  /** By what its reader was let in; absent = it took nothing. */
  readonly standing: Standing | undefined;
}

/** Sends the lines of an export as fast as they are taken; one page of them is held at a time. */
export class AuditExport {
  constructor(
    private readonly answers: Pick<OpenAnswers, 'follow'>,
    private readonly log: EventLog,
  ) {}

  /**
   * Resolves when the connection has ended, whoever ended it. Never rejects: if reading fails, or
   * whoever asked may not read the trail any more, the connection is cut, so that nobody takes the
   * export for whole.
   */
  async serve(sink: Writable, { first, rest, standing }: ExportedLines): Promise<void> {
    const leave = this.answers.follow(standing, (authority) => {
      const may = authority !== undefined && mayDo(authority, 'audit', 'everywhere');
      if (!may)
        sink.destroy(new Error('whoever asked for it may not read the audit trail any more'));
    });
    try {
      await pipeline(Readable.from(texts(first, rest)), sink);
    } catch (error) {
      this.log.warn({
        msg: 'an export of the audit trail ended early; it has to be asked for again',
        err: error,
      });
    } finally {
      leave();
    }
  }
}

async function* texts(
  first: IteratorResult<Lines, void>,
  rest: AsyncIterable<Lines>,
): AsyncGenerator<string> {
  if (first.done === true) return;
  yield textOf(first.value);
  for await (const lines of rest) yield textOf(lines);
}

function textOf(lines: Lines): string {
  return lines.map((line) => `${line}\n`).join('');
}
