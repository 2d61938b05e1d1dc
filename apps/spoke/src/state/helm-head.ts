import { isManaged, type ReleaseRecord, type ReleaseRevision } from '@apollo-deploy/helm';
import { releaseDigest, type HelmHead } from '@apollo-deploy/protocol';

/** The protocol takes no longer names and versions. */
const LONGEST_TEXT = 256;
/** In place of the chart's name and version, which only the payload tells. */
const UNREADABLE = 'unreadable';

/** What the hub is told of a release's newest revision; `history` has every revision that is left. */
export function helmHead(
  head: ReleaseRecord,
  lastDeployed: ReleaseRecord | null,
  history: readonly ReleaseRevision[],
): HelmHead {
  const { revision, status, valuesDigest, manifestDigest, secretUid, planId } = head;
  return {
    ...{ revision, status, valuesDigest, manifestDigest, secretUid },
    chartName: head.chartName.slice(0, LONGEST_TEXT),
    chartVersion: head.chartVersion.slice(0, LONGEST_TEXT),
    releaseDigest: releaseDigest(head),
    ...(planId !== undefined && { planId }),
    ...(!isManaged(history) && { unmanaged: true }),
    ...deployedMember(status === 'deployed' ? head : lastDeployed),
  };
}

/**
 * What the hub is told of a newest revision whose payload cannot be read: what its Secret's labels
 * say. Without a plan, since nobody can tell whether its outcome is the plan's.
 */
export function unreadableHead(
  { revision, status, secretUid }: ReleaseRevision,
  lastDeployed: ReleaseRecord | null,
): HelmHead {
  const identity = {
    ...{ revision, secretUid, chartName: UNREADABLE, chartVersion: UNREADABLE },
    ...{ valuesDigest: '', manifestDigest: '' },
  };
  return {
    ...identity,
    status,
    releaseDigest: releaseDigest(identity),
    ...deployedMember(lastDeployed),
  };
}

function deployedMember(deployed: ReleaseRecord | null): Pick<HelmHead, 'deployed'> {
  if (deployed === null) return {};
  const { revision, chartVersion } = deployed;
  return { deployed: { revision, chartVersion: chartVersion.slice(0, LONGEST_TEXT) } };
}
