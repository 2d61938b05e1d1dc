import {
  describeRef,
  exceeds,
  quantityLeft,
  refOf,
  sumQuantities,
  type KubeApi,
  type KubeObject,
} from '@apollo-deploy/kube';
import type { PreflightFinding } from './check-objects.js';
import { quotaAsks } from './quota-asks.js';

const QUOTA = { apiVersion: 'v1', kind: 'ResourceQuota' } as const;
const NAMED = 5;

interface Ask {
  readonly object: KubeObject;
  readonly asks: Readonly<Record<string, string>>;
}

interface QuotaFields {
  readonly spec?: { readonly scopes?: readonly string[]; readonly scopeSelector?: object };
  readonly status?: {
    readonly hard?: Readonly<Record<string, string>>;
    readonly used?: Readonly<Record<string, string>>;
  };
}

/**
 * Quotas that have room for each new object and not for all of them together, which no dry run of one
 * object shows. `made` are the new ones with their namespaces, as the API server completes them.
 * Quotas for only some objects (scopes), and those that the account may not read, say nothing; nor do
 * those that the plan itself writes, which Helm does before it writes what they count: `coming` is all
 * that it brings, in `namespace` where an object names none. Throws `KubeUnavailable`.
 */
export async function checkQuotas(
  kube: KubeApi,
  made: readonly KubeObject[],
  plan: { readonly coming: readonly KubeObject[]; readonly namespace: string },
): Promise<readonly PreflightFinding[]> {
  if (made.length === 0) return [];
  const resources = await kube.resources();
  const byNamespace = new Map<string, Ask[]>();
  for (const object of made) {
    const { namespace } = object.metadata;
    const resource = resources.find(object);
    if (namespace === undefined || resource === undefined) continue;
    const asks = byNamespace.get(namespace) ?? [];
    byNamespace.set(namespace, [...asks, { object, asks: quotaAsks(object, resource) }]);
  }
  const written = quotasIn(plan);
  const findings = await Promise.all(
    [...byNamespace].map(async ([namespace, asks]) => {
      const quotas = await kube.list(QUOTA, { namespace });
      if (!quotas.ok) return [];
      const others = quotas.value.items.filter(
        ({ metadata }) => !written.has(`${namespace}/${metadata.name}`),
      );
      return others.flatMap((quota) => overdrawn(quota, asks));
    }),
  );
  return findings.flat();
}

function quotasIn(plan: {
  readonly coming: readonly KubeObject[];
  readonly namespace: string;
}): ReadonlySet<string> {
  const quotas = plan.coming.filter(
    ({ apiVersion, kind }) => apiVersion === QUOTA.apiVersion && kind === QUOTA.kind,
  );
  return new Set(
    quotas.map(({ metadata }) => `${metadata.namespace ?? plan.namespace}/${metadata.name}`),
  );
}

function overdrawn(quota: KubeObject, asks: readonly Ask[]): readonly PreflightFinding[] {
  const { spec = {}, status = {} } = quota as KubeObject & QuotaFields;
  if ((spec.scopes ?? []).length > 0 || spec.scopeSelector !== undefined) return [];
  return Object.entries(status.hard ?? {}).flatMap(([resource, hard]) => {
    const asking = asks.filter((ask) => resource in ask.asks);
    const asked = sumQuantities(asking.map((ask) => ask.asks[resource] ?? '0'));
    const used = status.used?.[resource];
    const free = used === undefined ? null : quantityLeft(hard, used);
    if (asked === null || free === null || asking.length === 0 || !exceeds(asked, free)) return [];
    const bound = { resource, hard, asked, free };
    return [finding({ ...QUOTA, metadata: quota.metadata }, bound, asking)];
  });
}

function finding(
  quota: KubeObject,
  bound: {
    readonly resource: string;
    readonly hard: string;
    readonly asked: string;
    readonly free: string;
  },
  asking: readonly Ask[],
): PreflightFinding {
  const ref = refOf(quota);
  const { resource, hard, asked, free } = bound;
  // In an order of its own: the objects come as the API server happened to answer for them.
  const named = asking
    .map(({ object: { kind, metadata } }) => `${kind} ${metadata.name}`)
    .sort()
    .slice(0, NAMED);
  const more = asking.length > NAMED ? ` and ${String(asking.length - NAMED)} more` : '';
  const message = `${describeRef(ref)}: the new objects of this plan ask for ${resource}=${asked} together (${named.join(', ')}${more}), and ${free} of ${hard} is free; raise the quota, delete what is not needed any more in ${ref.namespace ?? 'its namespace'}, or have the chart bring less`;
  return { ref, code: 'helm/over_quota', field: null, message, severity: 'blocking' };
}
