import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.js';

/**
 * How long to wait before the server is started again, by how many times in a row it has ended soon
 * after it answered, or has not answered at all; after the last it is given up.
 */
const PAUSES_MS: readonly number[] = [0, 250, 500, 1_000, 2_000];
/** A server that ends after it answered for this long has worked; its failures count anew. */
const SETTLED_MS = 10_000;

/** What is to be known of a running server. */
export interface WatchedServer {
  readonly pid: number;
  /** Resolves with how it ended. */
  readonly ended: Promise<string>;
}

export interface ServerWatchOptions {
  /**
   * Starts the server again; resolves when it answers. Rejects when it does not, or with the
   * signal's reason, and has left nothing running then.
   */
  readonly run: (signal: AbortSignal) => Promise<WatchedServer>;
  readonly onLog: (line: string) => void;
  /** Called once at most: from then on there is no server. */
  readonly onGivenUp: (failure: EmbeddedPostgresFailed) => void;
  readonly pausesMs?: readonly number[];
  readonly settledMs?: number;
}

interface Life {
  /** Where there was no such life, why not. */
  readonly end: string;
  readonly answeredMs: number;
}

/** Starts a server again whenever it ends, until it is told to stop or it ends too often. */
export class ServerWatch {
  private readonly stopping = new AbortController();
  private readonly stopAsked: Promise<string>;
  private readonly watching: Promise<void>;

  /** Begins to watch a server that answers. */
  constructor(
    first: WatchedServer,
    private readonly options: ServerWatchOptions,
  ) {
    this.stopAsked = new Promise((resolve) => {
      this.stopping.signal.addEventListener('abort', () => {
        resolve('stopped');
      });
    });
    this.watching = this.watch(first);
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Starts it no more; resolves when no start is under way. The server itself is left alone. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.watching;
  }

  private async watch(first: WatchedServer): Promise<void> {
    const { onLog, onGivenUp, pausesMs = PAUSES_MS, settledMs = SETTLED_MS } = this.options;
    let quickEnds = 0;
    for (let life = this.live(() => Promise.resolve(first)); ; life = this.startAgain()) {
      const { end, answeredMs } = await life;
      if (this.isStopping()) return;
      quickEnds = answeredMs < settledMs ? quickEnds + 1 : 0;
      const pauseMs = pausesMs[quickEnds];
      if (pauseMs === undefined) {
        onGivenUp(givenUp(end, quickEnds));
        return;
      }
      onLog(`${end}; starting it again`);
      await Promise.race([pause(pauseMs, undefined, { ref: false }), this.stopAsked]);
      if (this.isStopping()) return;
    }
  }

  private startAgain(): Promise<Life> {
    return this.live(async () => {
      const server = await this.options.run(this.stopping.signal);
      this.options.onLog(`PostgreSQL runs again (process ${server.pid})`);
      return server;
    });
  }

  /** Resolves when the server has ended, could not be started, or shall be watched no more. */
  private async live(begin: () => Promise<WatchedServer>): Promise<Life> {
    try {
      const server = await begin();
      const answeredAt = performance.now();
      const how = await Promise.race([server.ended, this.stopAsked]);
      return { end: `PostgreSQL ended (${how})`, answeredMs: performance.now() - answeredAt };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { end: `PostgreSQL could not be started: ${reason}`, answeredMs: 0 };
    }
  }
}

function givenUp(end: string, times: number): EmbeddedPostgresFailed {
  return new EmbeddedPostgresFailed(
    `${end}. This was failure ${times} in a row, so it is not tried again; look into postgres.log ` +
      'beside its data, mend what it says, and start the hub again',
  );
}
