import { err, ok, type Result } from '@apollo-deploy/kernel';
import { manifestDocuments, type KubeApi } from '@apollo-deploy/kube';
import { checkObjects, type PreflightFinding, type PreflightReport } from './check-objects.js';
import type { HelmRunner, RenderRefusal } from './helm-runner.js';
import { formatHelmVersion, type HelmVersion } from './helm-version.js';
import { RELEASE_SECRET_KIND } from './release-reader.js';
import type {
  ConfigUpdateOperation,
  InstallOperation,
  UpgradeOperation,
} from './release-operation.js';
import type { ReleaseRecord } from './release-record.js';

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
  return ok({ ...report, findings: [...report.findings, ...methodChange(helm.version, head)] });
}

/** Helm 3 takes a release of Helm 4 over without a word, and overwrites what others have set in it. */
function methodChange(version: HelmVersion, head: ReleaseRecord | null): PreflightFinding[] {
  if (head === null || head.applyMethod !== 'ssa' || version.major >= 4) return [];
  const { name, namespace, secretName } = head;
  const message = `release ${name} in ${namespace} was made by Helm 4, which keeps what others have set in its objects; Helm ${formatHelmVersion(version)} overwrites that without a conflict, and so do all later upgrades: give this spoke Helm 4 to keep it`;
  const ref = { ...RELEASE_SECRET_KIND, namespace, name: secretName };
  return [{ ref, code: 'helm/older_than_release', field: null, message, severity: 'overridden' }];
}
