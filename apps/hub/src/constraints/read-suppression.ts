import type { NewConstraint } from '@apollo-deploy/orchestration';
import { Refused } from '../http/refused.js';
import { readScope } from './read-scope.js';
import type { SuppressionRequest } from './suppression-requests.js';

/** The constraint that a request asks for; its fields are checked by the use case. */
export function readSuppression({
  name,
  scope,
  cancelActive = false,
  ...spec
}: SuppressionRequest): Omit<NewConstraint, 'kind'> {
  if (cancelActive) {
    throw new Refused('http/not_supported', {
      detail:
        'cancelActive is not supported yet: what has been claimed runs to its end; leave it out, and cancel plans one by one (POST /api/v1/plans/{id}/cancel)',
      field: 'cancelActive',
    });
  }
  return { ...(name !== undefined && { name }), spec: { ...spec }, scope: readScope(scope) };
}
