import { Query, type QueryConfig } from 'pg';
import type { Row } from './table-map.js';

/** What goes to the server along with a statement, in the same message. */
export interface Frame {
  readonly begin: boolean;
  readonly commit: boolean;
}

/** Called once when the server has answered, or with what kept it from answering. */
export type OnAnswer = (
  error: Error | null | undefined,
  result: { readonly rows: readonly Row[] } | undefined,
) => void;

const BEGIN = { text: 'BEGIN ISOLATION LEVEL READ COMMITTED', tag: 'BEGIN' };
const COMMIT = { text: 'COMMIT', tag: 'COMMIT' };

/** What a query says to a connection, as far as frames are concerned; the driver has no types for it. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void };
  parse(statement: { readonly text: string }): void;
  bind(values: object): void;
  execute(portal: object): void;
  sync(): void;
}

/** What the driver's client calls on the query in hand. */
interface QueryInHand {
  submit(connection: Wire): Error | null;
  handleCommandComplete(message: { readonly text: string }, connection: Wire): void;
}

const BaseQuery = Query as unknown as new (config: QueryConfig, onAnswer: OnAnswer) => QueryInHand;

/**
 * A statement that opens its transaction, or commits it, in the same round trip. All of it is one
 * message with one end: after anything in it that fails the server skips the rest, so that nothing
 * runs outside of the transaction that was to be opened, and nothing is committed after a failure.
 */
export class FramedQuery extends BaseQuery {
  constructor(
    config: QueryConfig,
    private readonly frame: Frame,
    onAnswer: OnAnswer,
  ) {
    super(config, onAnswer);
  }

  override submit(connection: Wire): Error | null {
    const { begin, commit } = this.frame;
    connection.stream.cork();
    try {
      if (begin) command(connection, BEGIN.text);
      return super.submit(commit ? committing(connection) : connection);
    } finally {
      connection.stream.uncork();
    }
  }

  /** The frame's own answers are not the statement's. */
  override handleCommandComplete(message: { readonly text: string }, connection: Wire): void {
    const { begin, commit } = this.frame;
    if (begin && message.text === BEGIN.tag) return;
    if (commit && message.text === COMMIT.tag) return;
    super.handleCommandComplete(message, connection);
  }
}

function command(connection: Wire, text: string): void {
  connection.parse({ text });
  connection.bind({});
  connection.execute({});
}

/** The connection, but COMMIT comes before the end of the message if the statement was sent at all. */
function committing(connection: Wire): Wire {
  let executed = false;
  const overlay: PropertyDescriptorMap & ThisType<Wire> = {
    execute: {
      value: (portal: object) => {
        executed = true;
        connection.execute(portal);
      },
    },
    sync: {
      value: () => {
        if (executed) command(connection, COMMIT.text);
        connection.sync();
      },
    },
  };
  return Object.create(connection, overlay) as Wire;
}
