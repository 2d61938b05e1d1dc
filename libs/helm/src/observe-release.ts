import { err, type Result } from '@apollo-deploy/kernel';
import { KubeUnavailable, type KubeApi, type KubeRefusal } from '@apollo-deploy/kube';
import { readRevision, type UnreadableRelease } from './release-codec.js';
import { RELEASE_SECRET_KIND, ReleaseReader } from './release-reader.js';
import type { ReleaseRecord, ReleaseRevision } from './release-record.js';
import { releaseState, type ReleaseState } from './release-state.js';

const TRIES = 3;

interface Target {
  readonly release: string;
  readonly namespace: string;
}

/**
 * Reads the state of one release: a list of metadata and, of what the reader does not know yet, one or
 * two payloads. Throws `KubeUnavailable` when the Secrets cannot be read, missing rights included,
 * because then nothing can be said about the release.
 */
export async function observeRelease(
  kube: KubeApi,
  target: Target,
  reader = new ReleaseReader(kube),
): Promise<ReleaseState> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const state = await observeOnce(kube, target, reader);
    if (state !== null) return state;
  }
  const message = `release ${target.release} in ${target.namespace} changes while it is read; try again`;
  throw new KubeUnavailable(message, { cause: null });
}

/** Null when a revision vanished between the list and its reading. */
async function observeOnce(
  kube: KubeApi,
  { release, namespace }: Target,
  reader: ReleaseReader,
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
    readPayload(reader, namespace, newest),
    deployed === undefined || deployed === newest ? null : readPayload(reader, namespace, deployed),
  ]);
  if (head === undefined || lastDeployed === undefined) return null;
  return releaseState({
    history,
    head: head.ok ? head.value : { message: head.error.message },
    lastDeployed: lastDeployed?.ok === true ? lastDeployed.value : null,
  });
}

/** Undefined when the Secret is gone. */
async function readPayload(
  reader: ReleaseReader,
  namespace: string,
  revision: ReleaseRevision,
): Promise<Result<ReleaseRecord, UnreadableRelease> | undefined> {
  const read = await reader.read(namespace, revision);
  if (read.ok) return read;
  const { error } = read;
  if (error.code === 'kube/not_found') return undefined;
  if (error.code === 'release/unreadable') return err(error);
  throw unreadable(namespace, error);
}

function unreadable(namespace: string, refusal: KubeRefusal): KubeUnavailable {
  const message =
    `the release Secrets of namespace ${namespace} cannot be read: ${refusal.message}; ` +
    'the spoke needs the rights to get and list secrets there';
  return new KubeUnavailable(message, { cause: refusal });
}
