import { InMemoryStore, type Store } from '@apollo-deploy/orchestration';
import type { DatabaseSettings } from './database/database-settings.js';
import { DatabaseStore } from './database/database-store.js';
import { type FilesystemSettings, FilesystemStore } from './filesystem/filesystem-store.js';
import { shareTurns } from './share-turns.js';

/** What each backend needs to know, by its name. */
export interface StoreSettings {
  readonly memory: Readonly<Record<never, never>>;
  readonly filesystem: FilesystemSettings;
  readonly database: DatabaseSettings;
}

export type StoreKind = keyof StoreSettings;

/** Every place where a hub can keep things, by its name in `APOLLO_STORAGE`. */
export const STORE_BACKENDS: {
  readonly [K in StoreKind]: (settings: StoreSettings[K]) => Promise<Store>;
} = {
  memory: () => Promise.resolve(new InMemoryStore({ pause: shareTurns() })),
  filesystem: (settings) => FilesystemStore.open(settings),
  database: (settings) => DatabaseStore.open(settings),
};

/** Opens the store of a kind; what may go wrong is said at that backend. */
export function openStore<K extends StoreKind>(
  kind: K,
  settings: StoreSettings[K],
): Promise<Store> {
  return STORE_BACKENDS[kind](settings);
}
