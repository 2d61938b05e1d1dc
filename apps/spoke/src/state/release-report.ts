import { jsonDigest } from '@apollo-deploy/kernel';
import { computeStatus, HEALTHS, judgeRollout, worstHealth } from '@apollo-deploy/k8s-status';
import { describeRef, type KubeObject, type KubeRef, type KubeRefusal } from '@apollo-deploy/kube';
import type {
  DriftReport,
  HelmHead,
  ObjectReport,
  PodReport,
  ReleaseReport,
} from '@apollo-deploy/protocol';
import type { Comparison, ObjectFinding } from '../drift/drift-finder.js';
import type { ExpectedObject } from '../drift/expected-object.js';
import { expectedKey, type ExpectedObjects } from '../drift/expected-release.js';
import type { HealthRules } from '../health-rules/read-health-rules.js';
import type { ManifestRef } from './manifest-refs.js';
import type { OwnedPods } from './owned-pods.js';
import { podReport } from './pod-report.js';
import type { Quantities } from './pod-usage.js';
import type { ToldWarnings } from './recent-warnings.js';
import { releaseResources } from './release-resources.js';

/** Helm's record of the release, or the manifest in it, cannot be read, or not any more. */
export interface ReleaseProblem {
  readonly reason: 'UnreadableRelease' | 'ManifestUnreadable' | 'NotSeen';
  readonly message: string;
}

/** One release as Helm records it. Values and content of Secrets are left behind in the cluster. */
export interface KnownRelease {
  readonly namespace: string;
  readonly releaseName: string;
  readonly head: HelmHead;
  /** The objects of the head's manifest. */
  readonly refs: readonly ManifestRef[];
  /** What the manifest says of them. */
  readonly expected: ExpectedObjects;
  /** Why nothing is known of its objects; null if it is. */
  readonly problem: ReleaseProblem | null;
}

/** One look at the live objects. */
export interface LiveLook {
  readonly get: (ref: KubeRef) => KubeObject | null;
  /** Why objects of this kind cannot be looked at; null if they can. */
  readonly refusal: (ref: KubeRef) => KubeRefusal | null;
  /** The fields of a live object that are not as its release says, and its digest. */
  readonly find: (comparison: Comparison) => ObjectFinding;
  readonly owned: OwnedPods;
  /** What a pod uses now; undefined where that is not measured. */
  readonly usageOf: (pod: KubeObject) => Quantities | undefined;
  /** The warnings about objects; null where events of this namespace cannot be read. */
  readonly warningsOf: (namespace: string, objects: readonly KubeObject[]) => ToldWarnings | null;
  readonly rules: HealthRules;
  readonly now: Date;
  /** When the cluster was last heard. */
  readonly heardAt: Date;
}

export interface ReportOfRelease {
  readonly report: ReleaseReport;
  /** When the report may change though no object does. */
  readonly recheckAt: Date | null;
}

const MOST_OBJECTS = 2000;
const MOST_DRIFT = 500;
const LONGEST_MESSAGE = 2048;
const VANISHED = {
  health: 'Healthy',
  reason: 'Vanished',
  message:
    'is gone, as it should be once it has done its work; nobody can tell any more how it ended',
} as const;

/**
 * ExpectedStateK8s of one release. Pure. An object that is not in the cluster is drift, unless it goes
 * by itself: a Job with `ttlSecondsAfterFinished`, or a hook. So is a field that somebody has changed.
 */
export function releaseReport(release: KnownRelease, look: LiveLook): ReportOfRelease {
  const judged = release.refs
    .slice(0, MOST_OBJECTS)
    .map((ref) => judge({ ref, expected: release.expected.get(expectedKey(ref)) }, look));
  const objects = judged.map(({ report }) => report);
  const { namespace, releaseName, head } = release;
  const live = liveOf(release, look);
  const pods = podsOf(live, look);
  const warnings = look.warningsOf(namespace, live);
  return {
    recheckAt: earliest([...judged.map(({ recheckAt }) => recheckAt), warnings?.recheckAt ?? null]),
    report: {
      namespace,
      releaseName,
      head,
      ...summary(release, objects),
      objects,
      pods,
      resources: releaseResources(pods),
      drift: judged.flatMap(({ drift }) => drift).slice(0, MOST_DRIFT),
      ...(warnings !== null && { events: [...warnings.events] }),
      observedAt: look.heardAt.toISOString(),
    },
  };
}

function summary(
  { problem }: KnownRelease,
  objects: readonly ObjectReport[],
): Pick<ReleaseReport, 'health' | 'reason' | 'message'> {
  if (problem !== null) {
    const message = problem.message.slice(0, LONGEST_MESSAGE);
    return { health: 'Unknown', reason: problem.reason, message };
  }
  const worst = worstOf(objects);
  return {
    health: worstHealth(objects.map(({ health }) => health)),
    ...(worst?.reason !== undefined && { reason: worst.reason }),
    ...(worst?.message !== undefined && {
      message: `${describeObject(worst)}: ${worst.message}`.slice(0, LONGEST_MESSAGE),
    }),
  };
}

/** Identity of what a report says, whenever it was said. */
export function reportDigest({ observedAt: _, ...said }: ReleaseReport): string {
  return jsonDigest(said);
}

interface Judged {
  readonly report: ObjectReport;
  readonly recheckAt: Date | null;
  readonly drift: readonly DriftReport[];
}

interface Judging {
  readonly ref: ManifestRef;
  readonly expected: ExpectedObject | undefined;
}

function judge({ ref, expected }: Judging, look: LiveLook): Judged {
  const identity = {
    kind: ref.kind,
    ...(ref.namespace !== undefined && { namespace: ref.namespace }),
    name: ref.name,
  };
  const refusal = look.refusal(ref);
  if (refusal !== null) {
    const message = `cannot be looked at: ${refusal.message}; give the spoke's account the right to list and watch it`;
    const report = { ...identity, health: 'Unknown', reason: 'NotWatched', message } as const;
    return { report: bounded(report), recheckAt: null, drift: [] };
  }
  const object = look.get(ref);
  if (object === null && ref.vanishes === true) {
    return { report: { ...identity, ...VANISHED }, recheckAt: null, drift: [] };
  }
  const below = object === null ? [] : look.owned.below(object);
  const own = computeStatus(object, { now: look.now, rules: look.rules });
  const { worst, recheckAt } = judgeRollout({
    objects: [{ ref, object }],
    pods: below.filter(({ kind }) => kind === 'Pod'),
    replicaSets: below.filter(({ kind }) => kind === 'ReplicaSet'),
    now: look.now,
    rules: look.rules,
  });
  const { health, reason, message } = worst ?? own;
  const said = health === 'Healthy' ? {} : { reason, message };
  const { drift, digest } = findingOf({ ref, expected }, object, look);
  return {
    report: bounded({ ...identity, health, ...said, ...(digest !== undefined && { digest }) }),
    recheckAt: recheckAt ?? null,
    drift,
  };
}

function findingOf(
  { ref, expected }: Judging,
  live: KubeObject | null,
  look: LiveLook,
): ObjectFinding {
  if (live === null) {
    const { kind, namespace, name } = ref;
    const message = `${describeRef(ref)} is in the release and not in the cluster`;
    const missing = { kind, ...(namespace !== undefined && { namespace }), name, message };
    return { drift: [missing], digest: undefined };
  }
  return expected === undefined
    ? { drift: [], digest: undefined }
    : look.find({ ref, expected, live });
}

/** The objects of the release and what their controllers made, each once. */
function liveOf({ refs }: KnownRelease, look: LiveLook): readonly KubeObject[] {
  const live = refs.flatMap((ref) => {
    const object = look.get(ref);
    return object === null ? [] : look.owned.below(object);
  });
  return [...new Set(live)];
}

function podsOf(live: readonly KubeObject[], look: LiveLook): PodReport[] {
  const pods = live
    .filter(({ kind }) => kind === 'Pod')
    .map((pod) => [`${pod.metadata.namespace ?? ''}/${pod.metadata.name}`, pod] as const);
  return pods
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, MOST_OBJECTS)
    .map(([, pod]) => podReport(pod, { now: look.now, usage: look.usageOf(pod) }));
}

/** Undefined if all are healthy. */
function worstOf(objects: readonly ObjectReport[]): ObjectReport | undefined {
  const rank = ({ health }: ObjectReport): number => HEALTHS.indexOf(health);
  return objects
    .filter(({ health }) => health !== 'Healthy')
    .reduce<ObjectReport | undefined>(
      (worst, next) => (worst === undefined || rank(next) > rank(worst) ? next : worst),
      undefined,
    );
}

function describeObject({ kind, namespace, name }: ObjectReport): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

function bounded(report: ObjectReport): ObjectReport {
  const { reason, message } = report;
  return {
    ...report,
    ...(reason !== undefined && { reason: reason.slice(0, 256) }),
    ...(message !== undefined && { message: message.slice(0, LONGEST_MESSAGE) }),
  };
}

function earliest(instants: readonly (Date | null)[]): Date | null {
  const times = instants.filter((instant) => instant !== null).map((instant) => instant.getTime());
  return times.length === 0 ? null : new Date(Math.min(...times));
}
