import type { BreakGlass } from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import type { Page, PageRequest } from './page.js';
import type { VersionConflict } from './plan-storage.js';

/** What a list of break-glasses is limited to; what is absent limits nothing. */
export interface BreakGlassFilter {
  readonly product?: string;
  readonly environment?: string;
  /** Only of these. */
  readonly environments?: readonly string[];
  readonly openedBy?: string;
  /** True: only those that owe a review. False: only those that do not. */
  readonly open?: boolean;
}

/** Break-glasses, each kept for ever. Those that owe a review are few. */
export interface BreakGlassRepository {
  get(id: string): Promise<BreakGlass | undefined>;
  /** Keeps a new one; its id must be free. */
  insert(glass: BreakGlass): Promise<void>;
  /** Writes only over the version that it was read with; answers it with the next one. */
  save(glass: BreakGlass): Promise<Result<BreakGlass, VersionConflict>>;
  /** Of these products those that owe a review, oldest first. */
  owed(products: readonly string[]): Promise<readonly BreakGlass[]>;
  /**
   * Those that owe a review, that were due at an instant (RFC 3339) or before, and of which nobody
   * was told that; the longest due first, at most `limit`.
   */
  overdueUntold(now: string, limit: number): Promise<readonly BreakGlass[]>;
  /** In the order of their ids. */
  list(filter: BreakGlassFilter, page: PageRequest): Promise<Page<BreakGlass>>;
}
