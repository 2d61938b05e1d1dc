import { type CommitSignal, MISSED } from '@apollo-deploy/orchestration';
import { historyOf } from './database-history.js';
import { Client, type ClientConfig, type Notification } from 'pg';

/** Triggers of the schema tell there of marks and messages, with the commit that wrote them. */
const CHANNEL = 'apollo_signals';
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;

export interface ListenerOptions {
  readonly connection: ClientConfig;
  /** Whether a backend works for this process, whose commits it knows of. */
  readonly isOwn: (processId: number) => boolean;
  /**
   * Told of commits of others; of `MISSED` whenever some may have gone by unheard; and that the store is
   * `rewound` where some may have been lost.
   */
  readonly onSignal: (signal: CommitSignal) => void;
  /** Told of each connection that breaks; another one is made. */
  readonly onLost: (error: Error) => void;
}

/** Hears what other processes commit to the database, on a connection of its own. */
export class DatabaseListener {
  private client: Client | undefined;
  private attempt: Promise<void> = Promise.resolve();
  private retry: NodeJS.Timeout | undefined;
  private failures = 0;
  /** Where it listened last. */
  private last: { readonly history: string | undefined } | undefined;
  private closed = false;

  constructor(private readonly options: ListenerOptions) {}

  /** Whether commits of others are heard now. */
  get listening(): boolean {
    return this.client !== undefined;
  }

  /** Resolves when it listens, or will try again. */
  start(): Promise<void> {
    this.attempt = this.listen();
    return this.attempt;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    await this.attempt;
    const { client } = this;
    this.client = undefined;
    await client?.end();
  }

  private async listen(): Promise<void> {
    const client = new Client(this.options.connection);
    client.on('error', this.options.onLost);
    client.on('notification', (notification) => {
      this.hear(notification);
    });
    client.once('end', () => {
      this.lose(client);
    });
    let history: string | undefined;
    try {
      await client.connect();
      history = await historyOf(client);
      // Refused by a server that only reads: it may take over yet.
      await client.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      this.options.onLost(error as Error);
      void endQuietly(client);
      this.listenLater();
      return;
    }
    this.client = client;
    this.failures = 0;
    this.options.onSignal(this.isAnother(history) ? { ...MISSED, rewound: true } : MISSED);
  }

  /** Whether what was committed where it listened before may be missing here. */
  private isAnother(history: string | undefined): boolean {
    const before = this.last;
    this.last = { history };
    return before !== undefined && (history === undefined || history !== before.history);
  }

  private hear({ processId, payload = '' }: Notification): void {
    if (this.options.isOwn(processId)) return;
    const [what, spoke] = payload.split(' ');
    const signal = { dirty: false, outbox: [], events: false };
    if (what === 'dirty') this.options.onSignal({ ...signal, dirty: true });
    else if (what === 'keys') this.options.onSignal({ ...signal, keySets: true });
    else if (spoke !== undefined) {
      const told = what === 'revoked' ? { revoked: [spoke] } : { outbox: [spoke] };
      this.options.onSignal({ ...signal, ...told });
    }
  }

  private lose(client: Client): void {
    if (this.client !== client) return;
    this.client = undefined;
    this.options.onSignal(MISSED);
    this.listenLater();
  }

  private listenLater(): void {
    if (this.closed) return;
    const delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.failures);
    this.failures += 1;
    this.retry = setTimeout(() => void this.start(), delayMs * (0.75 + Math.random() / 2));
    this.retry.unref();
  }
}

/** That it broke was told already. */
async function endQuietly(client: Client): Promise<void> {
  await Promise.allSettled([client.end()]);
}
