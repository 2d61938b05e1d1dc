import {
  refOf,
  type ApiResource,
  type ApiResources,
  type KubeApi,
  type KubeObject,
} from '@apollo-deploy/kube';
import { AccountRights, groupOf } from './account-rights.js';
import { hookEventsOf } from './chart-contents.js';
import type { PreflightFinding } from './check-objects.js';
import { HISTORY_MAX } from './helm-argv.js';
import type { HelmVersion } from './helm-version.js';
import { isHookOf } from './hooks-of-verb.js';
import type { PlannedChanges } from './planned-changes.js';
import { RELEASE_SECRET_KIND } from './release-reader.js';

export interface RightsContext {
  readonly release: string;
  readonly namespace: string;
  readonly version: HelmVersion;
  /** Revisions that the cluster has of the release. */
  readonly revisions: number;
  /** Namespaces that the chart makes itself, of which nothing can be known beforehand. */
  readonly brought: ReadonlySet<string>;
}

/** Verbs on one kind in one namespace, and what for. */
interface Need {
  readonly object: KubeObject;
  /** All of them, of `watch or list` one. */
  readonly verbs: readonly string[];
  readonly why: string;
}

/** What Helm does to the Secrets that it keeps a release in; reading them is how it was observed. */
const RECORD_VERBS = {
  install: ['create', 'update'],
  upgrade: ['create', 'update'],
  rollback: ['create', 'update'],
  uninstall: ['update', 'delete'],
} as const satisfies Record<PlannedChanges['verb'], readonly string[]>;

/**
 * Rights that no dry run of an object shows: to keep Helm's record of the release, to remove hooks and
 * to wait for them, to look at objects before they are written. Without them Helm stops half-way.
 * Throws `KubeUnavailable`.
 */
export async function checkRights(
  kube: KubeApi,
  changes: PlannedChanges,
  context: RightsContext,
): Promise<readonly PreflightFinding[]> {
  const resources = await kube.resources();
  const rights = new AccountRights(kube);
  const needs = merged([
    recordNeed(changes, context),
    ...hookNeeds(changes, context),
    ...looks(changes),
  ]);
  const findings = await Promise.all(needs.map((need) => unmet(rights, resources, need, context)));
  return findings.filter((finding) => finding !== null);
}

function recordNeed(
  changes: PlannedChanges,
  { release, namespace, revisions }: RightsContext,
): Need {
  const removesFirst = changes.verb === 'install' && revisions > 0;
  const verbs = new Set<string>(RECORD_VERBS[changes.verb]);
  if (removesFirst) RECORD_VERBS.uninstall.forEach((verb) => verbs.add(verb));
  // The oldest makes room for the new one.
  if (revisions >= HISTORY_MAX) verbs.add('delete');
  const name = `sh.helm.release.v1.${release}`;
  const object = { ...RELEASE_SECRET_KIND, metadata: { name, namespace } };
  return { object, verbs: [...verbs], why: 'where Helm keeps its record of the release' };
}

function hookNeeds(
  { verb, coming, removalHooks }: PlannedChanges,
  { version }: RightsContext,
): readonly Need[] {
  const isOf =
    (of: typeof verb) =>
    ({ object }: { readonly object: KubeObject }) =>
      isHookOf(of, { events: hookEventsOf(object) });
  const hooks = [...coming.filter(isOf(verb)), ...removalHooks.filter(isOf('uninstall'))];
  return hooks.map(({ object }) => ({
    object,
    verbs: ['create', 'delete', ...waiting(object, version)],
    why: `which Helm does with its hook ${object.metadata.name}`,
  }));
}

/** Measured: Helm 4 watches every hook; Helm 3 reads each, and waits for a job or a pod either way. */
function waiting({ kind }: KubeObject, { major }: HelmVersion): readonly string[] {
  if (major >= 4) return ['watch'];
  return kind === 'Job' || kind === 'Pod' ? ['get', 'watch or list'] : ['get'];
}

function looks({ coming, leaving }: PlannedChanges): readonly Need[] {
  return [...coming, ...leaving]
    .filter(({ object }) => hookEventsOf(object).length === 0)
    .map(({ object }) => ({
      object,
      verbs: ['get'],
      why: 'which Helm does before it writes or deletes one',
    }));
}

/** One need for each kind, namespace and purpose. */
function merged(needs: readonly Need[]): readonly Need[] {
  const known = new Map<string, Need>();
  for (const need of needs) {
    const { apiVersion, kind, metadata } = need.object;
    const key = JSON.stringify([apiVersion, kind, metadata.namespace ?? '', need.verbs]);
    if (!known.has(key)) known.set(key, need);
  }
  return [...known.values()];
}

async function unmet(
  rights: AccountRights,
  resources: ApiResources,
  { object, verbs, why }: Need,
  context: RightsContext,
): Promise<PreflightFinding | null> {
  const resource = resources.find(object);
  if (resource === undefined) return null;
  const namespace = resource.namespaced
    ? (object.metadata.namespace ?? context.namespace)
    : undefined;
  if (namespace !== undefined && context.brought.has(namespace)) return null;
  const allowed = await Promise.all(
    verbs.map(async (verb) => {
      const asked = verb.split(' or ').map((one) => rights.may({ verb: one, resource, namespace }));
      return (await Promise.all(asked)).includes(true);
    }),
  );
  const lacking = verbs.filter((_, index) => allowed[index] === false);
  if (lacking.length === 0) return null;
  const what = `${listed(lacking)} ${nameOf(resource)} ${namespace === undefined ? 'of the cluster' : `in ${namespace}`}`;
  const ref = { ...refOf(object), ...(namespace !== undefined && { namespace }) };
  const message = `the spoke may not ${what}, ${why}; give its account the right to ${what}`;
  return { ref, code: 'kube/forbidden', field: null, message, severity: 'blocking' };
}

function nameOf(resource: ApiResource): string {
  const group = groupOf(resource);
  return group === '' ? resource.plural : `${resource.plural}.${group}`;
}

function listed(verbs: readonly string[]): string {
  return verbs.length < 2 ? verbs.join('') : `${verbs.slice(0, -1).join(', ')} and ${verbs.at(-1)}`;
}
