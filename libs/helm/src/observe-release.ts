import {
  KubeUnavailable,
  type KubeApi,
  type KubeObject,
  type KubeRefusal,
} from '@apollo-deploy/kube';
import { readRelease, readRevision } from './release-codec.js';
import type { ReleaseRecord, ReleaseRevision } from './release-record.js';
import { releaseState, type ReleaseState } from './release-state.js';

/** The Secrets Helm keeps its releases in. */
export const RELEASE_SECRET_KIND = { apiVersion: 'v1', kind: 'Secret' } as const;

const TRIES = 3;

/**
 * Reads the state of one release: a list of metadata and one or two payloads. Throws
 * `KubeUnavailable` when the Secrets cannot be read, missing rights included, because then nothing
 * can be said about the release.
 */
export async function observeRelease(
  kube: KubeApi,
  target: { readonly release: string; readonly namespace: string },
): Promise<ReleaseState> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const state = await observeOnce(kube, target);
    if (state !== null) return state;
  }
  const message = `release ${target.release} in ${target.namespace} changes while it is read; try again`;
  throw new KubeUnavailable(message, { cause: null });
}

/** Null when a revision vanished between the list and its reading. */
async function observeOnce(
  kube: KubeApi,
  { release, namespace }: { readonly release: string; readonly namespace: string },
): Promise<ReleaseState | null> {
  const listed = await kube.list(RELEASE_SECRET_KIND, {
    namespace,
    labelSelector: `owner=helm,name=${release}`,
    metadataOnly: true,
  });
  if (!listed.ok) throw unreadable(namespace, listed.error);
  const history = listed.value.items
    .map(readRevision)
    .filter((revision) => revision !== null)
    .sort((a, b) => a.revision - b.revision);
  const newest = history.at(-1);
  if (newest === undefined) return releaseState({ head: null, history, lastDeployed: null });
  const deployed = history.findLast(({ status }) => status === 'deployed');
  const [head, lastDeployed] = await Promise.all([
    readSecret(kube, namespace, newest),
    deployed === undefined || deployed === newest ? null : readSecret(kube, namespace, deployed),
  ]);
  if (head === undefined || lastDeployed === undefined) return null;
  return releaseState({
    history,
    head: recordOf(head),
    lastDeployed: lastDeployed === null ? null : readableOrNull(lastDeployed),
  });
}

/** Undefined when the Secret is gone. */
async function readSecret(
  kube: KubeApi,
  namespace: string,
  { secretName }: ReleaseRevision,
): Promise<KubeObject | undefined> {
  const got = await kube.get({ ...RELEASE_SECRET_KIND, namespace, name: secretName });
  if (got.ok) return got.value;
  if (got.error.code === 'kube/not_found') return undefined;
  throw unreadable(namespace, got.error);
}

function recordOf(secret: KubeObject): ReleaseRecord | { readonly message: string } {
  const read = readRelease(secret);
  return read.ok ? read.value : { message: read.error.message };
}

function readableOrNull(secret: KubeObject): ReleaseRecord | null {
  const read = readRelease(secret);
  return read.ok ? read.value : null;
}

function unreadable(namespace: string, refusal: KubeRefusal): KubeUnavailable {
  const message =
    `the release Secrets of namespace ${namespace} cannot be read: ${refusal.message}; ` +
    'the spoke needs the rights to get and list secrets there';
  return new KubeUnavailable(message, { cause: refusal });
}
