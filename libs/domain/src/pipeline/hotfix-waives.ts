import { WAIVABLE, type Waivable } from '../break-glass/break-glass.js';
import { type Authority, mayDo } from '../people/authority.js';

/** A hotfix waits for its dependencies as everything does. */
const HOTFIX_WAIVES = WAIVABLE.filter((kind) => kind !== 'dependency');

/**
 * What somebody's hotfix to an environment goes past: what they may break glass for there. Nothing if
 * they may not, and approval only if they could give it.
 */
export function hotfixWaives(authority: Authority, environment: string): readonly Waivable[] {
  if (!mayDo(authority, 'break-glass', [environment])) return [];
  const maySpeakForOthers = mayDo(authority, 'approve', [environment]);
  return HOTFIX_WAIVES.filter((kind) => kind !== 'approval' || maySpeakForOthers);
}
