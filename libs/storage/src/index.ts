export { DatabasePlanStorage } from './database/database-plan-storage.js';
export type { DatabaseSettings } from './database/database-settings.js';
export { DatabaseStore } from './database/database-store.js';
export { grantHubRole } from './database/grant-hub-role.js';
export { migrateSchema, SchemaNotOurs, SchemaTooNew } from './database/migrate-schema.js';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded/embedded-postgres.js';
export { EmbeddedPostgresFailed } from './embedded/embedded-postgres-failed.js';
export { FilesystemPlanStorage } from './filesystem/filesystem-plan-storage.js';
export {
  type FilesystemSettings,
  FilesystemStore,
  type StorageReport,
} from './filesystem/filesystem-store.js';
export {
  type FolderRefusalReason,
  StorageFolderRefused,
} from './filesystem/storage-folder-refused.js';
export { openStore, STORE_BACKENDS, type StoreKind, type StoreSettings } from './open-store.js';
export { shareTurns, type Turns } from './share-turns.js';
