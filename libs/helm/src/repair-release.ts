import { KubeUnavailable, type KubeApi } from '@apollo-deploy/kube';
import type { RepairTrace } from './helm-report.js';
import { RELEASE_SECRET_KIND } from './observe-release.js';
import { withStatus } from './release-codec.js';
import type { ReleaseRecord } from './release-record.js';

const INTERRUPTED = 'was interrupted: its process is dead';

/** True if the revision was cut off and marked failed by `repairRelease`, whoever ran that and when. */
export function wasInterrupted({ status, description }: ReleaseRecord): boolean {
  return status === 'failed' && description.includes(INTERRUPTED);
}

/**
 * Marks the pending record of a dead process failed, payload and label in one compare-and-swap.
 * Null when the record is no longer what was observed: observe again. Only for processes proven
 * dead: a living one would overwrite this and leave two revisions deployed.
 */
export async function repairRelease(
  kube: KubeApi,
  head: ReleaseRecord,
): Promise<RepairTrace | null> {
  const ref = { ...RELEASE_SECRET_KIND, namespace: head.namespace, name: head.secretName };
  const got = await kube.get(ref);
  if (!got.ok) return null;
  const { uid, resourceVersion } = got.value.metadata;
  if (uid !== head.secretUid || resourceVersion !== head.resourceVersion) return null;
  const note = `${head.status} ${INTERRUPTED} (${head.description})`;
  const repaired = withStatus(got.value, 'failed', note);
  if (!repaired.ok) return null;
  const stored = await kube.replace(repaired.value);
  if (stored.ok) return { revision: head.revision, secretUid: head.secretUid, was: head.status };
  if (stored.error.code === 'kube/version_conflict' || stored.error.code === 'kube/not_found') {
    return null;
  }
  const message =
    `release Secret ${head.secretName} cannot be repaired: ${stored.error.message}; ` +
    `the spoke needs the right to update secrets in ${head.namespace}`;
  throw new KubeUnavailable(message, { cause: stored.error });
}
