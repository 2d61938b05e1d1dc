export { CrowdedPostgres } from './testing/crowded-postgres.js';
export { DatabaseRelay } from './testing/database-relay.js';
export { FailingJournalFile } from './testing/failing-journal-file.js';
export { FullPostgres } from './testing/full-postgres.js';
export { PostgresPair } from './testing/postgres-pair.js';
export { testDatabase, type TestDatabase, WAITS_FOR_A_LOCK } from './testing/test-database.js';
