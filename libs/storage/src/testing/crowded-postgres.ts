import { Client } from 'pg';
import { errorCode } from '../error-code.js';
import { PostgresFolder } from './postgres-folder.js';

const MOST_CONNECTIONS = 20;
const TOO_MANY_CONNECTIONS = '53300';

/** A PostgreSQL server that takes 20 connections, all of which a test can take for itself. */
export class CrowdedPostgres {
  private readonly crowd: Client[] = [];

  private constructor(
    private readonly folder: PostgresFolder,
    readonly url: string,
    private readonly administrator: Client,
  ) {}

  static async start(): Promise<CrowdedPostgres> {
    const folder = await PostgresFolder.create();
    const roomy = await folder.start();
    const before = await connected(roomy.url);
    await before.query(`ALTER SYSTEM SET max_connections = ${MOST_CONNECTIONS}`);
    await before.end();
    await roomy.stop();
    const { url } = await folder.start();
    return new CrowdedPostgres(folder, url, await connected(url));
  }

  /** Takes every connection there is, also those of the programs of this name. */
  async takeAll(application: string): Promise<void> {
    // One is the administrator's.
    while (this.crowd.length < MOST_CONNECTIONS - 1) {
      await this.administrator.query(
        'SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE application_name = $1',
        [application],
      );
      while (await this.takeOne());
    }
  }

  /** Gives them back. */
  async makeRoom(): Promise<void> {
    for (const client of this.crowd.splice(0)) await client.end();
  }

  async dispose(): Promise<void> {
    await this.makeRoom();
    await this.administrator.end();
    await this.folder.dispose();
  }

  /** False if there is none left. */
  private async takeOne(): Promise<boolean> {
    try {
      this.crowd.push(await connected(this.url));
      return true;
    } catch (error) {
      if (errorCode(error) === TOO_MANY_CONNECTIONS) return false;
      throw error;
    }
  }
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}
