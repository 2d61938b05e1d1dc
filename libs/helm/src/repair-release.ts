import {
  KubeUnavailable,
  type KubeApi,
  type KubeObject,
  type KubeRefusal,
} from '@apollo-deploy/kube';
import type { RepairTrace } from './helm-report.js';
import { RELEASE_SECRET_KIND } from './release-reader.js';
import { withStatus, type UnreadableRelease } from './release-codec.js';
import type { ReleaseRecord } from './release-record.js';

const INTERRUPTED = 'was interrupted: its process is dead';
/** Shorter than anything Helm writes in its place, so it fits where the record fitted. */
const SHORT_NOTE = 'interrupted';

/** True if the revision was cut off and marked failed by `repairRelease`, whoever ran that and when. */
export function wasInterrupted({ status, description }: ReleaseRecord): boolean {
  const told = description === SHORT_NOTE || description.includes(INTERRUPTED);
  return status === 'failed' && told;
}

/** True if what was cut off so was a removal. */
export function removalWasInterrupted(head: ReleaseRecord): boolean {
  return wasInterrupted(head) && head.description.startsWith(`uninstalling ${INTERRUPTED}`);
}

/**
 * Marks the pending record of a dead process failed, payload and label in one compare-and-swap.
 * Null when the record is no longer what was observed: observe again. Only for processes proven
 * dead: a living one would overwrite this and leave two revisions deployed.
 */
export async function repairRelease(
  kube: KubeApi,
  head: ReleaseRecord,
): Promise<Omit<RepairTrace, 'own'> | null> {
  const ref = { ...RELEASE_SECRET_KIND, namespace: head.namespace, name: head.secretName };
  const got = await kube.get(ref);
  if (!got.ok) return null;
  const { uid, resourceVersion } = got.value.metadata;
  if (uid !== head.secretUid || resourceVersion !== head.resourceVersion) return null;
  const note = `${head.status} ${INTERRUPTED} (${head.description})`;
  const said = await markFailed(kube, got.value, note);
  // A record near the limit of a Secret has no room for more words than it had.
  const refusal =
    said?.code === 'kube/invalid' ? await markFailed(kube, got.value, SHORT_NOTE) : said;
  if (refusal === null) {
    return { revision: head.revision, secretUid: head.secretUid, was: head.status };
  }
  if (['kube/version_conflict', 'kube/not_found', 'release/unreadable'].includes(refusal.code)) {
    return null;
  }
  const cure =
    refusal.code === 'kube/forbidden'
      ? `the spoke needs the right to update secrets in ${head.namespace}`
      : 'mark it failed or delete it by hand';
  const message = `release Secret ${head.secretName} cannot be repaired: ${refusal.message}; ${cure}`;
  throw new KubeUnavailable(message, { cause: refusal });
}

/** Null when it is written. */
async function markFailed(
  kube: KubeApi,
  secret: KubeObject,
  note: string,
): Promise<KubeRefusal | UnreadableRelease | null> {
  const repaired = withStatus(secret, 'failed', note);
  if (!repaired.ok) return repaired.error;
  const stored = await kube.replace(repaired.value);
  return stored.ok ? null : stored.error;
}
