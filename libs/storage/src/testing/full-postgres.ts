import { Client } from 'pg';
import { PostgresFolder } from './postgres-folder.js';
import { SmallDisk } from './small-disk.js';
import { withDatabase } from './test-database.js';

const DISK_MEGABYTES = 64;
const DATABASE = 'apollo_small';

/** A PostgreSQL server with a database on a small disk; its own log of writes is on another one. */
export class FullPostgres {
  private constructor(
    private readonly folder: PostgresFolder,
    private readonly disk: SmallDisk,
    readonly url: string,
  ) {}

  /** Whether this machine can have one. */
  static possible(): Promise<boolean> {
    return SmallDisk.possible();
  }

  static async start(): Promise<FullPostgres> {
    const folder = await PostgresFolder.create();
    const { url } = await folder.start();
    const disk = await SmallDisk.make(DISK_MEGABYTES);
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(`CREATE TABLESPACE small LOCATION '${await disk.folder('tablespace')}'`);
    await client.query(`CREATE DATABASE ${DATABASE} TABLESPACE small`);
    await client.end();
    return new FullPostgres(folder, disk, withDatabase(url, DATABASE));
  }

  /** Fills the disk. */
  fill(): Promise<void> {
    return this.disk.fill();
  }

  makeRoom(): Promise<void> {
    return this.disk.makeRoom();
  }

  async dispose(): Promise<void> {
    await this.folder.dispose();
    await this.disk.remove();
  }
}
