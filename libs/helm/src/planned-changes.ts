import { err, ok, type Result } from '@apollo-deploy/kernel';
import {
  manifestDocuments,
  type ApiResources,
  type KubeApi,
  type KubeObject,
  type ManifestDocument,
} from '@apollo-deploy/kube';
import { isFromCrdsFolder } from './chart-contents.js';
import { freshResources } from './fresh-resources.js';
import type { HelmCommand } from './helm-command.js';
import type { HelmRunner, RenderRefusal } from './helm-runner.js';
import type { ReleaseReader } from './release-reader.js';
import type {
  ConfigUpdateOperation,
  InstallOperation,
  ReleaseOperation,
  RollbackOperation,
  UpgradeOperation,
} from './release-operation.js';
import type { ReleaseRecord } from './release-record.js';
import { underlyingState, type ManagedState, type ReleaseState } from './release-state.js';

type Documents = readonly ManifestDocument[];
type Rendering = InstallOperation | UpgradeOperation | ConfigUpdateOperation;

/** What Helm is going to write and to take away for an operation, as far as it can be foreseen. */
export interface PlannedChanges {
  readonly verb: HelmCommand['verb'];
  /** Objects, and hooks of all events. */
  readonly coming: Documents;
  /** What the chart has in its `crds` folder. */
  readonly definitions: Documents;
  /** What the release has in effect, which Helm compares with what comes. */
  readonly own: Documents;
  /** What Helm deletes, and what it cannot even read of what is there. */
  readonly leaving: Documents;
  /** Hooks that run while what a failed installation left is removed. */
  readonly removalHooks: Documents;
}

export interface ForeseeingTools {
  readonly kube: KubeApi;
  readonly helm: HelmRunner;
  readonly reader: ReleaseReader;
}

/**
 * Foresees an operation: a chart is rendered, and a rollback applies what its target has recorded, with
 * the hooks recorded there. Throws `KubeUnavailable` and `HelmUnavailable`.
 */
export async function plannedChanges(
  tools: ForeseeingTools,
  operation: ReleaseOperation,
  state: ReleaseState,
): Promise<Result<PlannedChanges, RenderRefusal>> {
  const managed = underlyingState(state);
  switch (operation.type) {
    case 'uninstall':
      return ok(await removal(managed));
    case 'rollback':
      return ok(await goingBack(tools, operation, managed));
    case 'install':
      return installation(tools, operation, managed);
    case 'upgrade':
    case 'config_update':
      return upgrade(tools, operation, managed);
  }
}

async function removal(managed: ManagedState | null): Promise<PlannedChanges> {
  const leaving = isThere(managed) ? await objectsOf(managed.head) : [];
  const coming = isThere(managed) ? await hooksOf(managed.head) : [];
  return { verb: 'uninstall', coming, definitions: [], own: [], leaving, removalHooks: [] };
}

async function installation(
  tools: ForeseeingTools,
  operation: InstallOperation,
  managed: ManagedState | null,
): Promise<Result<PlannedChanges, RenderRefusal>> {
  const rendered = await rendering(tools, operation);
  if (!rendered.ok) return rendered;
  const leftover = isThere(managed) && managed.kind !== 'deployed' ? managed.head : null;
  const leaving = leftover === null ? [] : await objectsOf(leftover);
  const removalHooks = leftover === null ? [] : await hooksOf(leftover);
  return ok({ verb: 'install', ...rendered.value, own: [], leaving, removalHooks });
}

async function upgrade(
  tools: ForeseeingTools,
  operation: UpgradeOperation | ConfigUpdateOperation,
  managed: ManagedState | null,
): Promise<Result<PlannedChanges, RenderRefusal>> {
  const rendered = await rendering(tools, operation);
  if (!rendered.ok) return rendered;
  // Helm goes by the revision in effect, and by the newest where none is.
  const current =
    managed?.kind === 'deployed' ? managed.head : (managed?.lastDeployed ?? managed?.head);
  const own = current === undefined ? [] : await objectsOf(current);
  const leaving = droppedBy(rendered.value.coming, own, await freshResources(tools.kube, own));
  return ok({ verb: 'upgrade', ...rendered.value, own, leaving, removalHooks: [] });
}

/** Nothing comes of a revision that is gone or cannot be read: Helm then says so by itself. */
async function goingBack(
  { kube, reader }: ForeseeingTools,
  { revision, namespace }: RollbackOperation,
  managed: ManagedState | null,
): Promise<PlannedChanges> {
  const target = managed?.history.find((one) => one.revision === revision);
  const read = target === undefined ? null : await reader.read(namespace, target);
  const coming =
    read?.ok === true ? [...(await objectsOf(read.value)), ...(await hooksOf(read.value))] : [];
  const own = managed === null ? [] : await objectsOf(managed.head);
  const leaving = droppedBy(coming, own, await freshResources(kube, own));
  return { verb: 'rollback', coming, definitions: [], own, leaving, removalHooks: [] };
}

async function rendering(
  { kube, helm }: ForeseeingTools,
  { release, namespace, chart, values, type }: Rendering,
): Promise<Result<Pick<PlannedChanges, 'coming' | 'definitions'>, RenderRefusal>> {
  const [{ gitVersion }, resources] = await Promise.all([kube.serverVersion(), kube.resources()]);
  const served = resources.all.flatMap(({ apiVersion, kind }) => [
    apiVersion,
    `${apiVersion}/${kind}`,
  ]);
  const rendered = await helm.render({
    release,
    namespace,
    chartPath: chart.path,
    values,
    isUpgrade: type !== 'install',
    kubeVersion: gitVersion,
    apiVersions: [...new Set(served)],
  });
  if (!rendered.ok) return rendered;
  const documents = await manifestDocuments(rendered.value);
  if (!documents.ok) return err({ code: 'helm/render_failed', message: documents.error.message });
  return ok({
    coming: documents.value.filter(({ yaml }) => !isFromCrdsFolder(yaml)),
    definitions: documents.value.filter(({ yaml }) => isFromCrdsFolder(yaml)),
  });
}

/** What Helm deletes since the chart has it no more, and what it cannot even read of the release. */
function droppedBy(coming: Documents, own: Documents, resources: ApiResources): Documents {
  const kept = new Set(coming.map(({ object }) => nameOf(object)));
  return own.filter(
    ({ object }) => !kept.has(nameOf(object)) || resources.find(object) === undefined,
  );
}

/** Without the version, which may change while the object stays, and its namespace if it has none. */
function nameOf({ kind, apiVersion, metadata }: KubeObject): string {
  const group = apiVersion.includes('/') ? apiVersion.replace(/\/.*/, '') : '';
  return [group, kind, metadata.namespace ?? '', metadata.name].join(' ');
}

function isThere(managed: ManagedState | null): managed is ManagedState {
  return managed !== null && managed.kind !== 'uninstalled';
}

/** What Helm cannot read either, it says itself. */
async function objectsOf({ manifest }: ReleaseRecord): Promise<Documents> {
  const documents = await manifestDocuments(manifest);
  return documents.ok ? documents.value : [];
}

async function hooksOf({ hooks }: ReleaseRecord): Promise<Documents> {
  const read = await Promise.all(hooks.map(({ manifest }) => manifestDocuments(manifest)));
  return read.flatMap((documents) => (documents.ok ? documents.value : []));
}
