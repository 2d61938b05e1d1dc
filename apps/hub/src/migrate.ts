import { grantHubRole, migrateSchema } from '@apollo-deploy/storage';
import { readHubConfig } from './config/hub-config.js';

/**
 * Brings the database to this version and ends, for whoever wants that before any hub starts, or by
 * another role than the hub's.
 */
async function run(): Promise<string> {
  const config = readHubConfig(process.env, process.cwd());
  if (!config.ok) throw new Error(config.error.map(({ message }) => message).join('\n'));
  const { databaseUrl, hubRole } = config.value;
  if (databaseUrl === undefined) {
    throw new Error(
      'DATABASE_URL is not set; set it to the database to migrate (the PostgreSQL that comes with the hub is migrated whenever the hub starts)',
    );
  }
  await migrateSchema({ url: databaseUrl });
  if (hubRole === undefined) return 'the database is up to date';
  await grantHubRole({ url: databaseUrl }, hubRole);
  return `the database is up to date, and role ${hubRole} may do what a hub has to do`;
}

await run().then(
  (done) => process.stdout.write(`${done}\n`),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
