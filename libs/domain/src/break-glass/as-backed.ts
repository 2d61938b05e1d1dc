import { type Authority, mayDo } from '../people/authority.js';
import type { BreakGlass } from './break-glass.js';

/**
 * A break-glass as it counts by what its opener may do at this instant: it waives nothing without the
 * permission to break glass there, and no approvals without the one to approve. What is owed stays.
 * `opener` absent: nobody may act under that name.
 */
export function asBacked<T extends BreakGlass>(glass: T, opener: Authority | undefined): T {
  const may = (permission: 'break-glass' | 'approve'): boolean =>
    opener !== undefined && mayDo(opener, permission, [glass.environment]);
  if (!may('break-glass')) return { ...glass, waives: [] };
  if (may('approve')) return glass;
  return { ...glass, waives: glass.waives.filter((kind) => kind !== 'approval') };
}
