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
import { broughtBy, hookEventsOf, isFromCrdsFolder, type Brought } from './chart-contents.js';

/** Something the API server or Helm would object to. */
export interface PreflightFinding {
  readonly ref: KubeRef;
  readonly code:
    KubeRefusalCode | 'helm/not_owned' | 'helm/older_than_release' | 'helm/release_too_large';
  /** The field's path where the server named one. */
  readonly field: string | null;
  readonly message: string;
  /** `overridden`: a field set by hand that the chart will take back; worth showing, no obstacle. */
  readonly severity: 'blocking' | 'overridden';
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
  readonly verb: 'install' | 'upgrade';
  /** That its namespace is not there is then no finding. */
  readonly createsNamespace: boolean;
  /** What the release has deployed now: Helm asks no more whose that is. */
  readonly own: readonly ManifestDocument[];
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
): Promise<Omit<PreflightReport, 'hookRuns'>> {
  const brought = broughtBy(documents.map(({ object }) => object));
  const check = new ObjectCheck(kube, await kube.resources(), brought, context);
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
  return { findings: checked.flat(), checked: checked.length, letThrough };
}

class ObjectCheck {
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

  /** Helm leaves existing CRDs of `crds/` alone, and runs only the hooks of its verb. */
  concerns({ object, yaml }: ManifestDocument): boolean {
    const events = hookEventsOf(object);
    if (isFromCrdsFolder(yaml)) return false;
    return events.length === 0 || events.some((event) => event.endsWith(`-${this.context.verb}`));
  }

  /** The findings of one object, or its reference if it has to be let through. */
  async run({ object, yaml }: ManifestDocument): Promise<readonly PreflightFinding[] | KubeRef> {
    const placed = this.placed(object);
    const ref = refOf(placed);
    if (this.isBrought(ref)) return ref;
    const first = await this.apply(placed, yaml, false);
    // Helm deletes a hook of the same name before it makes this one anew.
    if (hookEventsOf(object).length > 0 && (await this.isThere(ref, first))) return ref;
    if (first.ok) return this.ownership(ref, first.value);
    if (this.lacksNamespace(first.error)) return ref;
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
    const { kinds, namespaces } = this.brought;
    if (kinds.has(`${ref.apiVersion} ${ref.kind}`)) return this.resources.find(ref) === undefined;
    return ref.namespace !== undefined && namespaces.has(ref.namespace);
  }

  private lacksNamespace({ code, message }: KubeRefusal): boolean {
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
    const { metadata } = live.value;
    const owned =
      metadata.labels?.[HELM_OWNER.managedBy] === 'Helm' &&
      metadata.annotations?.[HELM_OWNER.release] === this.context.release &&
      metadata.annotations[HELM_OWNER.namespace] === this.context.namespace;
    if (owned) return [];
    const message = `${describeRef(ref)} exists and does not belong to release ${this.context.release}; delete it, rename it in the chart, or label and annotate it as Helm's`;
    return [{ ref, code: 'helm/not_owned', field: null, message, severity: 'blocking' }];
  }
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
    message: `${describeRef(ref)}: ${cause.message}`,
    severity: 'blocking',
  }));
}
