import type { Deployment } from '@apollo-deploy/domain';
import type { Principal } from '../ports/principal.js';

/** Whoever asked for a deployment, for the record of what follows from that. */
export function requesterOf({
  deployedBy,
  deployedByKind,
}: Pick<Deployment, 'deployedBy' | 'deployedByKind'>): Principal {
  return { kind: deployedByKind, name: deployedBy, roles: [] };
}
