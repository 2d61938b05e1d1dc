import type { Result } from '@apollo-deploy/kernel';
import {
  describeRef,
  refOf,
  type ApiResources,
  type KubeApi,
  type KubeCause,
  type KubeObject,
  type KubeRef,
  type KubeRefusal,
  type KubeRefusalCode,
  type ManifestDocument,
} from '@apollo-deploy/kube';
import { broughtBy, hookEventsOf, type Brought } from './chart-contents.js';
import type { HelmCommand } from './helm-command.js';
import { freshResources } from './fresh-resources.js';
import { isHookOf } from './hooks-of-verb.js';
import { rightsCure } from './rights-cure.js';

/** Something the API server or Helm would object to. */
export interface PreflightFinding {
  readonly ref: KubeRef;
  readonly code:
    | KubeRefusalCode
    | 'helm/not_owned'
    | 'helm/older_than_release'
    | 'helm/release_too_large'
    | 'helm/over_quota'
    | 'helm/definitions';
  /** The field's path where the server named one. */
  readonly field: string | null;
  readonly message: string;
  /**
   * Worth showing, no obstacle: `overridden`, a field set by hand that the chart will take back, and
   * `noted`, what else Helm will do or leave undone unseen.
   */
  readonly severity: 'blocking' | 'overridden' | 'noted';
}

export interface PreflightReport {
  readonly findings: readonly PreflightFinding[];
  /** Objects that were checked. */
  readonly checked: number;
  /** Objects that cannot be checked before the chart's own CRDs and namespaces exist. */
  readonly letThrough: readonly KubeRef[];
  /** How often Helm may run a hook, at most. */
  readonly hookRuns: number;
}

export interface CheckContext {
  readonly release: string;
  readonly namespace: string;
  readonly verb: HelmCommand['verb'];
  /** That its namespace is not there is then no finding. */
  readonly createsNamespace: boolean;
  /** What the release has deployed now: Helm asks no more whose that is. */
  readonly own: readonly ManifestDocument[];
  /** What Helm makes before all of these: the kinds that an installation defines. */
  readonly definitions: readonly ManifestDocument[];
}

/** What was found, and what would be new in the cluster, as the API server completes it; hooks are not. */
export interface CheckedObjects extends Omit<PreflightReport, 'hookRuns'> {
  readonly created: readonly KubeObject[];
}

const FIELD_MANAGER = 'helm';
const AT_ONCE = 8;
const HELM_OWNER = {
  managedBy: 'app.kubernetes.io/managed-by',
  release: 'meta.helm.sh/release-name',
  namespace: 'meta.helm.sh/release-namespace',
} as const;

/** Applies every object of a chart as a dry run and collects what would go wrong. */
export async function checkObjects(
  kube: KubeApi,
  documents: readonly ManifestDocument[],
  context: CheckContext,
): Promise<CheckedObjects> {
  const brought = broughtBy([...context.definitions, ...documents].map(({ object }) => object));
  const check = new ObjectCheck(kube, await freshResources(kube, documents), brought, context);
  const wanted = documents.filter((document) => check.concerns(document));
  const answers: (readonly PreflightFinding[] | KubeRef)[] = [];
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const batch = wanted.slice(at, at + AT_ONCE);
    answers.push(...(await Promise.all(batch.map((document) => check.run(document)))));
  }
  const checked = answers.filter((answer): answer is readonly PreflightFinding[] =>
    Array.isArray(answer),
  );
  const letThrough = answers.filter((answer): answer is KubeRef => !Array.isArray(answer));
  const { created } = check;
  return { findings: checked.flat(), checked: checked.length, letThrough, created };
}

class ObjectCheck {
  readonly created: KubeObject[] = [];
  private readonly own: ReadonlySet<string>;

  constructor(
    private readonly kube: KubeApi,
    private readonly resources: ApiResources,
    private readonly brought: Brought,
    private readonly context: CheckContext,
  ) {
    const { own } = context;
    this.own = new Set(own.map(({ object }) => keyOf(refOf(this.placed(object)))));
  }

  /** Helm runs only the hooks of its verb. */
  concerns({ object }: ManifestDocument): boolean {
    const events = hookEventsOf(object);
    return events.length === 0 || isHookOf(this.context.verb, { events });
  }

  /** The findings of one object, or its reference if it has to be let through. */
  async run({ object, yaml }: ManifestDocument): Promise<readonly PreflightFinding[] | KubeRef> {
    const placed = this.placed(object);
    const ref = refOf(placed);
    if (this.isBrought(ref)) return ref;
    const first = await this.apply(placed, yaml, false);
    // Helm deletes a hook of the same name before it makes this one anew.
    if (hookEventsOf(object).length > 0 && (await this.isThere(ref, first))) return ref;
    if (first.ok) return this.passed(ref, first.value);
    if (this.lacksWhatComes(ref, first.error)) return ref;
    if (first.error.code !== 'kube/field_conflict') return blocking(ref, first.error);
    const second = await this.apply(placed, yaml, true);
    const conflicts = first.error.causes
      .filter(({ message }) => !isHelmsOwn(message))
      .map((cause) => conflict(ref, cause));
    const others = second.ok
      ? await this.ownership(ref, second.value)
      : blocking(ref, second.error);
    return [...conflicts, ...others];
  }

  private passed(ref: KubeRef, merged: KubeObject): Promise<PreflightFinding[]> {
    if (!wasThere(merged) && hookEventsOf(merged).length === 0) this.created.push(merged);
    return this.ownership(ref, merged);
  }

  private apply(object: KubeObject, yaml: string | null, force: boolean) {
    return this.kube.apply(object, {
      fieldManager: FIELD_MANAGER,
      force,
      dryRun: true,
      ...(yaml !== null && { yaml }),
    });
  }

  private placed(object: KubeObject): KubeObject {
    const resource = this.resources.find(object);
    const needsNamespace = resource?.namespaced === true && object.metadata.namespace === undefined;
    if (!needsNamespace) return object;
    return { ...object, metadata: { ...object.metadata, namespace: this.context.namespace } };
  }

  private isBrought(ref: KubeRef): boolean {
    const { namespaces } = this.brought;
    if (this.isDefined(ref)) return this.resources.find(ref) === undefined;
    return ref.namespace !== undefined && namespaces.has(ref.namespace);
  }

  private isDefined({ apiVersion, kind }: KubeRef): boolean {
    return this.brought.kinds.has(`${apiVersion} ${kind}`);
  }

  /** Discovery may be older than the loss of a kind that the chart defines anew. */
  private lacksWhatComes(ref: KubeRef, { code, message }: KubeRefusal): boolean {
    if (code === 'kube/unknown_kind') return this.isDefined(ref);
    const { createsNamespace, namespace } = this.context;
    const why = `namespaces "${namespace}" not found`;
    return createsNamespace && code === 'kube/not_found' && message.includes(why);
  }

  private async isThere(ref: KubeRef, answer: Result<KubeObject, KubeRefusal>): Promise<boolean> {
    return answer.ok ? wasThere(answer.value) : (await this.kube.get(ref)).ok;
  }

  /** Helm refuses objects that exist and are not its own. */
  private async ownership(ref: KubeRef, merged: KubeObject): Promise<PreflightFinding[]> {
    if (!wasThere(merged) || this.own.has(keyOf(ref))) return [];
    // Helm adds its marks after rendering, so only the live object shows them.
    const live = await this.kube.get(ref);
    if (!live.ok) return [];
    const { release, namespace } = this.context;
    const owner = ownerOf(live.value);
    if (owner?.isHelm === true && owner.release === release && owner.namespace === namespace)
      return [];
    const message = `${describeRef(ref)} exists and ${whose(owner, this.context)}`;
    return [{ ref, code: 'helm/not_owned', field: null, message, severity: 'blocking' }];
  }
}

interface ObjectOwner {
  readonly release: string;
  readonly namespace: string;
  /** Marked as Helm's as well, without which Helm does not believe it. */
  readonly isHelm: boolean;
}

/** The release that an object names as its own; null if it names none. */
function ownerOf({ metadata }: KubeObject): ObjectOwner | null {
  const release = metadata.annotations?.[HELM_OWNER.release];
  const namespace = metadata.annotations?.[HELM_OWNER.namespace];
  if (release === undefined || namespace === undefined) return null;
  return { release, namespace, isHelm: metadata.labels?.[HELM_OWNER.managedBy] === 'Helm' };
}

function whose(
  owner: ObjectOwner | null,
  { release, namespace }: Pick<CheckContext, 'release' | 'namespace'>,
): string {
  const cure = 'delete it, or rename it in the chart';
  if (owner !== null && (owner.release !== release || owner.namespace !== namespace)) {
    return `belongs to release ${owner.release} in ${owner.namespace}; ${cure}`;
  }
  const marks = `label ${HELM_OWNER.managedBy}=Helm, annotations ${HELM_OWNER.release}=${release} and ${HELM_OWNER.namespace}=${namespace}`;
  return `belongs to no release; ${cure}, or give it to ${release} with the ${marks}`;
}

function keyOf(ref: KubeRef): string {
  return `${ref.apiVersion} ${describeRef(ref)}`;
}

/** A dry run that would create the object answers without a resourceVersion. */
function wasThere({ metadata }: KubeObject): boolean {
  return (metadata.resourceVersion ?? '') !== '';
}

function conflict(ref: KubeRef, { field, message }: KubeCause): PreflightFinding {
  const code = 'kube/field_conflict';
  if (!isScaledByController(message)) {
    return { ref, code, field, message: `${describeRef(ref)}: ${message}`, severity: 'overridden' };
  }
  const cure = `leave ${field ?? 'the field'} out of the chart while an autoscaler sets it`;
  const text = `${describeRef(ref)}: ${message}; ${cure}`;
  return { ref, code, field, message: text, severity: 'blocking' };
}

/** Helm 3 writes as another manager of the same name, whose fields are the release's own. */
function isHelmsOwn(message: string): boolean {
  return /^conflict with "helm"( |$)/.test(message);
}

/** People scale too, with kubectl; what they did by hand the chart may take back. */
function isScaledByController(message: string): boolean {
  return message.includes('subresource "scale"') && !message.includes('"kubectl');
}

function blocking(ref: KubeRef, refusal: KubeRefusal): PreflightFinding[] {
  const { code, message } = refusal;
  const fields = refusal.causes.length > 0 ? refusal.causes : [{ field: null, message }];
  return fields.map((cause) => ({
    ref,
    code,
    field: cause.field,
    message: `${describeRef(ref)}: ${cause.message}${rightsCure(refusal)}`,
    severity: 'blocking',
  }));
}
