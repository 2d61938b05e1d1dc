import {
  type Authority,
  environmentsFor,
  isShown,
  mayDo,
  type Permission,
  type Place,
  rolesWith,
} from '@apollo-deploy/domain';
import type { Context } from '@apollo-deploy/orchestration';
import type { PersonAccess } from './access.js';
import type { HubRequest } from './hub-request.js';
import { found, Refused } from './refused.js';
import type { Found } from './whereabouts.js';

/**
 * Ends a request that asks for more than its sender may do. What they may not even see is answered as
 * if it were not there; what they may see, with what is missing.
 */
export async function authorise(
  context: Context,
  request: HubRequest,
  authority: Authority,
  { permission, where }: PersonAccess,
): Promise<void> {
  if (mayDo(authority, permission, 'everywhere')) return;
  if (!mayDo(authority, 'view', 'somewhere')) {
    throw notAllowed(permission, 'somewhere', authority);
  }
  const whereabouts = await context.store.transact(async (unit) => where(request, unit));
  const { place, mentions = [] } = whereabouts;
  for (const one of [whereabouts, ...mentions]) {
    if (one.named !== undefined && isHidden(authority, one)) {
      found(undefined, one.named.code, one.named.what);
    }
  }
  if (place === undefined || !mayDo(authority, permission, place)) {
    throw notAllowed(permission, place ?? 'everywhere', authority);
  }
}

function isHidden(authority: Authority, { place, shownTo }: Found): boolean {
  if (place === undefined) return true;
  if (shownTo !== undefined) return !isShown(shownTo, environmentsFor(authority, 'view'));
  return !mayDo(authority, 'view', place);
}

function notAllowed(permission: Permission, place: Place, authority: Authority): Refused {
  const roles = rolesWith(permission);
  const environments =
    typeof place === 'string' ? [] : place.filter((one) => mayDo(authority, 'view', [one]));
  const where = typeof place === 'string' ? IN_WORDS[place] : inEach(environments, place.length);
  return new Refused('http/not_allowed', {
    detail: `this takes the permission ${permission} ${where}, which comes with ${roles.join(', ')}; ask somebody who says who may do what (PUT /api/v1/people/{name}/roles), or use a token that is for it`,
    data: { permission, ...(typeof place !== 'string' && { environments }), roles },
  });
}

/** Names those of so many environments that may be named. */
function inEach(environments: readonly string[], count: number): string {
  if (environments.length === 0) return 'where you do not see anything';
  const more = environments.length < count ? ', and where you do not see anything' : '';
  return `in ${environments.join(', ')}${more}`;
}

const IN_WORDS = { everywhere: 'in every environment', somewhere: 'somewhere' } as const;
