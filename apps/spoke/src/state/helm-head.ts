import type { ReleaseRecord } from '@apollo-deploy/helm';
import { releaseDigest, type HelmHead } from '@apollo-deploy/protocol';

/** What the hub is told of a release's newest revision. */
export function helmHead(head: ReleaseRecord, lastDeployed: ReleaseRecord | null): HelmHead {
  const { revision, status, chartName, chartVersion, valuesDigest, manifestDigest } = head;
  const { secretUid, planId } = head;
  const deployed = status === 'deployed' ? head : lastDeployed;
  return {
    ...{ revision, status, chartName, chartVersion, valuesDigest, manifestDigest, secretUid },
    releaseDigest: releaseDigest(head),
    ...(planId !== undefined && { planId }),
    ...(deployed !== null && {
      deployed: { revision: deployed.revision, chartVersion: deployed.chartVersion },
    }),
  };
}
