import type { RunRecord } from '@apollo-deploy/domain';

/** What entities and charts have been through together: one record for each pair. */
export interface RunRepository {
  /** By entity and chart. */
  ofEntities(entities: readonly string[]): Promise<readonly RunRecord[]>;
  /** As `ofEntities`; until the transaction ends nobody else changes or forgets them. */
  lock(entities: readonly string[]): Promise<readonly RunRecord[]>;
  /** Those on these spokes that are Healthy as far as is known, by entity and chart. */
  underway(spokes: readonly string[]): Promise<readonly RunRecord[]>;
  /**
   * For each of these charts and each environment three records at most, however many entities run
   * it: the one proven first, the one underway with the most time and the paused one with the most.
   */
  leading(charts: readonly string[]): Promise<readonly RunRecord[]>;
  put(runs: readonly RunRecord[]): Promise<void>;
  /** Forgets all that is known of these charts, whichever entity ran them. */
  removeOfCharts(charts: readonly string[]): Promise<void>;
}
