import type { AutomaticSuppression, Hold } from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import type { Page, PageRequest } from './page.js';
import type { AlreadyExists } from './already-exists.js';

/** Automatic suppressions, one an entity, with those that are over until they are taken out. */
export interface AutomaticSuppressionRepository {
  get(id: string): Promise<AutomaticSuppression | undefined>;
  ofEntities(entities: readonly string[]): Promise<readonly AutomaticSuppression[]>;
  /**
   * For each of these environments when the suppressions there end that end after `now` (RFC 3339),
   * earliest first.
   */
  endsIn(
    environments: readonly string[],
    now: string,
  ): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Replaces that of its entity. */
  put(suppression: AutomaticSuppression): Promise<void>;
  /** Takes out that of an entity; nothing happens if there is none. */
  remove(entity: string): Promise<void>;
  /** Those that end after `now` (RFC 3339), in the order of their ids; `environments` absent = in all. */
  list(
    now: string,
    page: PageRequest,
    environments?: readonly string[],
  ): Promise<Page<AutomaticSuppression>>;
}

/** Holds, one an entity at most. */
export interface HoldRepository {
  get(id: string): Promise<Hold | undefined>;
  ofEntities(entities: readonly string[]): Promise<readonly Hold[]>;
  /** Refused if the entity has one. */
  insert(hold: Hold): Promise<Result<Hold, AlreadyExists>>;
  /** Takes one out. False if there is none of that id. */
  remove(id: string): Promise<boolean>;
  /** In the order of their ids; of entities in these environments, or in all where they are absent. */
  list(page: PageRequest, environments?: readonly string[]): Promise<Page<Hold>>;
}
