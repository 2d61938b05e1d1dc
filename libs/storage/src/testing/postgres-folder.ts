import { EventEmitter, once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '../embedded/embedded-postgres.js';
import { findPostmaster } from '../embedded/postmaster.js';

/** A directory for one test, the embedded PostgreSQL that ran there, and what these said. */
export class PostgresFolder {
  readonly lines: string[] = [];
  private readonly said = new EventEmitter();
  private readonly servers: EmbeddedPostgres[] = [];

  private constructor(readonly path: string) {}

  static async create(): Promise<PostgresFolder> {
    const path = await mkdtemp(join(tmpdir(), 'apollo-pg-'));
    await chmod(path, 0o755);
    return new PostgresFolder(path);
  }

  async start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
    const onLog = (line: string): void => {
      this.lines.push(line);
      this.said.emit('line');
    };
    const server = await startEmbeddedPostgres({
      directory: this.path,
      durable: false,
      onLog,
      ...options,
    });
    this.servers.push(server);
    return server;
  }

  file(...names: readonly string[]): string {
    return join(this.path, ...names);
  }

  /** Waits for a line that contains this, unless there is one. */
  async says(part: string): Promise<void> {
    while (!this.lines.some((line) => line.includes(part))) await once(this.said, 'line');
  }

  /** The number of the server's process; throws if none runs. */
  async pid(): Promise<number> {
    const postmaster = await findPostmaster(this.file('data'));
    if (postmaster === undefined) throw new Error(`no server runs in ${this.path}`);
    return postmaster.pid;
  }

  async runs(): Promise<boolean> {
    return (await findPostmaster(this.file('data'))) !== undefined;
  }

  /** Stops what was started here, and removes it. */
  async dispose(): Promise<void> {
    for (const server of this.servers) await server.stop();
    await rm(this.path, { recursive: true, force: true });
  }
}
