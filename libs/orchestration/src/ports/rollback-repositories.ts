import type { Baseline, RollbackDemand } from '@apollo-deploy/domain';

/** Contents that SUCCEEDED on entities, the newest `BASELINES_KEPT` of each. */
export interface BaselineRepository {
  /** The newest of each of these entities, those that have one, in the order of the entities. */
  newestOf(entities: readonly string[]): Promise<readonly Baseline[]>;
  /** All that are kept of these entities, in the order of the entities, and of each newest first. */
  ofEntities(entities: readonly string[]): Promise<readonly Baseline[]>;
  /** Keeps it as the newest of its entity, in place of an older one with the same content. */
  put(baseline: Baseline): Promise<void>;
  /** Forgets every baseline of an entity. */
  removeOf(entity: string): Promise<void>;
}

/** Rollbacks that are still to be carried out. */
export interface RollbackDemandRepository {
  /** In the order of the entities. */
  ofEntities(entities: readonly string[]): Promise<readonly RollbackDemand[]>;
  /** One for each entity; the newest counts. */
  put(demand: RollbackDemand): Promise<void>;
  /** Takes out the demand of an entity; nothing if there is none. */
  remove(entity: string): Promise<void>;
}
