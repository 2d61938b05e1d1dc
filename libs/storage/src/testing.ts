export { FailingJournalFile } from './testing/failing-journal-file.js';
export { testDatabase, type TestDatabase } from './testing/test-database.js';
