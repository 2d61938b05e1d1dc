import type { Deployment } from '@apollo-deploy/domain';

/** What became of a deployment whose place another one took, and what whoever asked for it can do. */
export function tellSuperseded(
  { service, toVersion, status, notes = status }: Deployment,
  by: string,
): string {
  return `${notes}; look at that one (GET /api/v1/deployments/${by}) or at GET /status/${service}, and ask again if ${toVersion} is still wanted`;
}
