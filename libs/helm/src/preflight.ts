import { err, ok, type Result } from '@apollo-deploy/kernel';
import {
  manifestDocuments,
  type ApiResources,
  type KubeApi,
  type KubeObject,
  type ManifestDocument,
} from '@apollo-deploy/kube';
import { hookEventsOf, isFromCrdsFolder } from './chart-contents.js';
import { checkObjects, type PreflightFinding, type PreflightReport } from './check-objects.js';
import { checkDeletions } from './check-removal.js';
import type { HelmRunner, RenderRefusal } from './helm-runner.js';
import { formatHelmVersion, type HelmVersion } from './helm-version.js';
import { RELEASE_SECRET_KIND } from './release-reader.js';
import type {
  ConfigUpdateOperation,
  InstallOperation,
  UpgradeOperation,
} from './release-operation.js';
import type { ReleaseRecord } from './release-record.js';
import { checkReleaseSize } from './release-size.js';

export interface PreflightSubject {
  readonly operation: InstallOperation | UpgradeOperation | ConfigUpdateOperation;
  /** The release's head as observed; null when there is none. */
  readonly head: ReleaseRecord | null;
}

/**
 * What the API server would say to each object of a chart, before anything is touched: the chart is
 * rendered and every object applied as a dry run, because Helm's own dry runs send it none. Throws
 * `KubeUnavailable` and `HelmUnavailable`.
 */
export async function preflight(
  { kube, helm }: { readonly kube: KubeApi; readonly helm: HelmRunner },
  { operation, head }: PreflightSubject,
): Promise<Result<PreflightReport, RenderRefusal>> {
  const [{ gitVersion }, resources] = await Promise.all([kube.serverVersion(), kube.resources()]);
  const { release, namespace, chart, values, type } = operation;
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
  const own = head?.status === 'deployed' ? await manifestDocuments(head.manifest) : ok([]);
  const report = await checkObjects(kube, documents.value, {
    release,
    namespace,
    verb: type === 'install' ? 'install' : 'upgrade',
    createsNamespace: type === 'install' && operation.createNamespace === true,
    own: own.ok ? own.value : [],
  });
  const dropped = droppedBy(documents.value, own.ok ? own.value : [], resources);
  const deletions = await checkDeletions(kube, dropped, { release, namespace });
  const size = checkReleaseSize({
    ...{ release, namespace, values },
    revision: (head?.revision ?? 0) + 1,
    chart: await helm.recordedChart(chart.path),
    manifest: documents.value.map(recordedText).join('---\n'),
  });
  const findings = [
    ...report.findings,
    ...methodChange(helm.version, head),
    ...deletions,
    ...(size === null ? [] : [size]),
  ];
  return ok({ ...report, findings, hookRuns: hookRuns(documents.value, head) });
}

/** What Helm deletes since the chart has it no more, and what it cannot even read of the release. */
function droppedBy(
  documents: readonly ManifestDocument[],
  own: readonly ManifestDocument[],
  resources: ApiResources,
): readonly ManifestDocument[] {
  const kept = new Set(documents.map(({ object }) => nameOf(object)));
  return own.filter(
    ({ object }) => !kept.has(nameOf(object)) || resources.find(object) === undefined,
  );
}

/** Without the version, which may change while the object stays, and its namespace if it has none. */
function nameOf({ kind, apiVersion, metadata }: KubeObject): string {
  const group = apiVersion.includes('/') ? apiVersion.replace(/\/.*/, '') : '';
  return [group, kind, metadata.namespace ?? '', metadata.name].join(' ');
}

/** The kinds of a `crds` folder are in the record with the chart's files only. */
function recordedText({ object, yaml }: ManifestDocument): string {
  return isFromCrdsFolder(yaml) ? '' : (yaml ?? JSON.stringify(object));
}

/** At most: those of the chart at all their events, and those of what may have to be removed first. */
function hookRuns(documents: readonly ManifestDocument[], head: ReleaseRecord | null): number {
  const coming = documents.flatMap(({ object }) => hookEventsOf(object));
  const present = head?.hooks.flatMap(({ events }) => events) ?? [];
  return [...coming, ...present].filter((event) => !event.startsWith('test')).length;
}

/** Helm 3 takes a release of Helm 4 over without a word, and overwrites what others have set in it. */
function methodChange(version: HelmVersion, head: ReleaseRecord | null): PreflightFinding[] {
  if (head === null || head.applyMethod !== 'ssa' || version.major >= 4) return [];
  const { name, namespace, secretName } = head;
  const message = `release ${name} in ${namespace} was made by Helm 4, which keeps what others have set in its objects; Helm ${formatHelmVersion(version)} overwrites that without a conflict, and so do all later upgrades: give this spoke Helm 4 to keep it`;
  const ref = { ...RELEASE_SECRET_KIND, namespace, name: secretName };
  return [{ ref, code: 'helm/older_than_release', field: null, message, severity: 'overridden' }];
}
