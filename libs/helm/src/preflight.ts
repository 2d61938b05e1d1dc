import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { KubeObject, ManifestDocument } from '@apollo-deploy/kube';
import { broughtBy, hookEventsOf } from './chart-contents.js';
import { checkDefinitions } from './check-definitions.js';
import { checkDeletions } from './check-deletions.js';
import { checkObjects, type PreflightFinding, type PreflightReport } from './check-objects.js';
import { checkQuotas } from './check-quotas.js';
import { checkRights } from './check-rights.js';
import { HISTORY_MAX } from './helm-argv.js';
import type { RenderRefusal } from './helm-runner.js';
import { formatHelmVersion, type HelmVersion } from './helm-version.js';
import { plannedChanges, type ForeseeingTools, type PlannedChanges } from './planned-changes.js';
import { RELEASE_SECRET_KIND } from './release-reader.js';
import type { ReleaseOperation } from './release-operation.js';
import type { ReleaseRecord } from './release-record.js';
import { checkReleaseSize } from './release-size.js';
import { underlyingState, type ReleaseState } from './release-state.js';

/** Why a plan was not tried out. */
export type PreflightRefusal =
  RenderRefusal | { readonly code: 'policy/forbidden'; readonly message: string };

const NAMED_BREACHES = 5;

export interface PreflightSubject {
  readonly operation: ReleaseOperation;
  /** The release as observed. */
  readonly state: ReleaseState;
  /**
   * Asked before the API server is, with all that Helm would write or take away. If it answers anything,
   * that is the whole report. Absent: nothing is forbidden.
   */
  readonly forbidden?: (
    objects: readonly KubeObject[],
  ) => Promise<readonly { readonly message: string }[]>;
}

/**
 * What the API server would say to everything that Helm is going to do, before anything is touched:
 * each object is applied as a dry run, because Helm's own dry runs send none, each deletion is tried
 * out, and so are the rights that neither shows. Throws `KubeUnavailable` and `HelmUnavailable`.
 */
export async function preflight(
  tools: ForeseeingTools,
  { operation, state, forbidden }: PreflightSubject,
): Promise<Result<PreflightReport, PreflightRefusal>> {
  const { kube, helm } = tools;
  const { release, namespace } = operation;
  const planned = await plannedChanges(tools, operation, state);
  if (!planned.ok) return planned;
  const changes = planned.value;
  const breaches = (await forbidden?.(everythingIn(changes))) ?? [];
  if (breaches.length > 0) return err(notAllowed(breaches));
  const managed = underlyingState(state);
  const { verb, coming, definitions, own, leaving } = changes;
  const { namespaces: brought } = broughtBy(coming.map(({ object }) => object));
  const { created, ...report } = await checkObjects(kube, coming, {
    ...{ release, namespace, verb, own },
    createsNamespace: operation.type === 'install' && operation.createNamespace === true,
    definitions: verb === 'install' ? definitions : [],
  });
  const [revisions, head] = [managed?.history.length ?? 0, managed?.head ?? null];
  const rights = { release, namespace, version: helm.version, revisions, brought };
  const [lacking, stuck, left, size, over] = await Promise.all([
    checkRights(kube, changes, rights),
    checkDeletions(kube, leaving, { release, namespace }),
    checkDefinitions(kube, definitions, { verb, version: helm.version }),
    sizeOf(tools, operation, changes, head),
    checkQuotas(kube, made(changes, created, { release, namespace, head, revisions }), {
      coming: coming.map(({ object }) => object),
      namespace,
    }),
  ]);
  const method = verb === 'uninstall' ? [] : methodChange(helm.version, head);
  const findings = [
    ...sternly(report.findings, operation),
    ...method,
    ...stuck,
    ...lacking,
    ...left,
    ...size,
    ...over,
  ];
  return ok({ ...report, findings, hookRuns: hookRuns(changes, head) });
}

function everythingIn(changes: PlannedChanges): readonly KubeObject[] {
  const { coming, definitions, leaving, removalHooks } = changes;
  return [...definitions, ...coming, ...leaving, ...removalHooks].map(({ object }) => object);
}

function notAllowed(breaches: readonly { readonly message: string }[]): PreflightRefusal {
  const named = breaches.slice(0, NAMED_BREACHES).map(({ message }) => message);
  const more = breaches.length - named.length;
  const message = [...named, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
  return { code: 'policy/forbidden', message };
}

/** Fields of others stop a plan that may not take them back. */
function sternly(
  findings: readonly PreflightFinding[],
  { fieldConflicts }: ReleaseOperation,
): readonly PreflightFinding[] {
  if (fieldConflicts !== 'refuse') return findings;
  const cure =
    'have the chart or its values say the same, give the field back, or let the entity override such fields (fieldConflicts)';
  return findings.map((finding) => {
    const { severity, message, field } = finding;
    if (severity !== 'overridden') return finding;
    const said = field === null ? message : `${message} (${field})`;
    return { ...finding, message: `${said}; ${cure}`, severity: 'blocking' };
  });
}

/**
 * What a plan adds to what quotas count: its new objects, and the record of the revision, which Helm
 * writes first. Nothing where something is removed before: nobody knows how much room that makes.
 */
function made(
  { verb, leaving }: PlannedChanges,
  created: readonly KubeObject[],
  at: {
    readonly release: string;
    readonly namespace: string;
    readonly head: ReleaseRecord | null;
    readonly revisions: number;
  },
): readonly KubeObject[] {
  const removesFirst = verb === 'install' && leaving.length > 0;
  if (verb === 'uninstall' || removesFirst || created.length === 0) return [];
  // The oldest makes room for it.
  if (verb === 'install' ? at.revisions > 0 : at.revisions >= HISTORY_MAX) return created;
  const name = `sh.helm.release.v1.${at.release}.v${String((at.head?.revision ?? 0) + 1)}`;
  const record = { ...RELEASE_SECRET_KIND, metadata: { name, namespace: at.namespace } };
  return [record, ...created];
}

/** What a chart and its values make of the record; a rollback copies one that had room. */
async function sizeOf(
  { helm }: ForeseeingTools,
  operation: ReleaseOperation,
  { coming }: PlannedChanges,
  head: ReleaseRecord | null,
): Promise<readonly PreflightFinding[]> {
  if (operation.type === 'rollback' || operation.type === 'uninstall') return [];
  const { release, namespace, values, chart } = operation;
  const size = checkReleaseSize({
    ...{ release, namespace, values },
    revision: (head?.revision ?? 0) + 1,
    chart: await helm.recordedChart(chart.path),
    manifest: coming.map(recordedText).join('---\n'),
  });
  return size === null ? [] : [size];
}

function recordedText({ object, yaml }: ManifestDocument): string {
  return yaml ?? JSON.stringify(object);
}

/** At most: those that come at all their events, and those of what may have to be removed first. */
function hookRuns({ verb, coming }: PlannedChanges, head: ReleaseRecord | null): number {
  const events = coming.flatMap(({ object }) => hookEventsOf(object));
  const replaces = verb === 'install' || verb === 'upgrade';
  const present = replaces ? (head?.hooks.flatMap((hook) => hook.events) ?? []) : [];
  return [...events, ...present].filter((event) => !event.startsWith('test')).length;
}

/** Helm 3 takes a release of Helm 4 over without a word, and overwrites what others have set in it. */
function methodChange(version: HelmVersion, head: ReleaseRecord | null): PreflightFinding[] {
  if (head === null || head.applyMethod !== 'ssa' || version.major >= 4) return [];
  const { name, namespace, secretName } = head;
  const message = `release ${name} in ${namespace} was made by Helm 4, which keeps what others have set in its objects; Helm ${formatHelmVersion(version)} overwrites that without a conflict, and so do all later upgrades: give this spoke Helm 4 to keep it`;
  const ref = { ...RELEASE_SECRET_KIND, namespace, name: secretName };
  return [{ ref, code: 'helm/older_than_release', field: null, message, severity: 'overridden' }];
}
