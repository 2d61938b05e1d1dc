import type { Deployment } from '@apollo-deploy/domain';
import { Refused } from '../http/refused.js';
import { tellSuperseded } from './tell-superseded.js';

/**
 * Why a rollback that has ended brought nothing back: another deployment took its place, or it was tried and
 * failed. `undefined` = it COMPLETED, or is under way.
 */
export function whyNotBack(deployment: Deployment): Refused | undefined {
  const { id, service, environment, toVersion, status, notes = status } = deployment;
  if (status !== 'failed' && status !== 'rolled_back') return undefined;
  const data = { deployment_id: id, status, environment };
  const unmet = `${service} did not go back to ${toVersion} in ${environment}`;
  const { supersededBy } = deployment;
  if (supersededBy !== undefined) {
    const detail = `${unmet}: ${tellSuperseded(deployment, supersededBy)}`;
    return new Refused('rollback/superseded', {
      detail,
      data: { ...data, superseded_by: supersededBy },
    });
  }
  const detail = `${unmet}: ${notes}; GET /api/v1/deployments/${id} says more`;
  return new Refused('rollback/failed', { detail, data });
}
