import type { ApiResource, KubeApi, KubeObject } from '@apollo-deploy/kube';

/** One thing that is asked of the API server. */
export interface Right {
  /** For example `create`. */
  readonly verb: string;
  readonly resource: ApiResource;
  /** Undefined: in the whole cluster. */
  readonly namespace: string | undefined;
}

interface Rule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

interface ReviewStatus {
  readonly allowed?: boolean;
  readonly resourceRules?: readonly Rule[];
}

/**
 * What this account may do, in the API server's own words: one question for all it may do in a
 * namespace, and one more for each right that the answer does not show. What the server does not tell
 * counts as allowed. Throws `KubeUnavailable`.
 */
export class AccountRights {
  private readonly rules = new Map<string, Promise<readonly Rule[]>>();

  constructor(private readonly kube: KubeApi) {}

  async may(right: Right): Promise<boolean> {
    const { namespace } = right;
    if (namespace !== undefined) {
      const known = this.rules.get(namespace) ?? this.rulesIn(namespace);
      this.rules.set(namespace, known);
      if ((await known).some((rule) => grants(rule, right))) return true;
    }
    return this.review(right);
  }

  /** Not all of them where other authorizers than RBAC are at work. */
  private async rulesIn(namespace: string): Promise<readonly Rule[]> {
    const answer = await this.kube.create({
      ...{ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview' },
      ...{ metadata: { name: '' }, spec: { namespace } },
    });
    if (!answer.ok) return [];
    return statusOf(answer.value).resourceRules ?? [];
  }

  private async review({ verb, resource, namespace }: Right): Promise<boolean> {
    const answer = await this.kube.create({
      ...{ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' },
      metadata: { name: '' },
      spec: {
        resourceAttributes: {
          ...(namespace !== undefined && { namespace }),
          ...{ verb, resource: resource.plural, group: groupOf(resource) },
        },
      },
    });
    return !answer.ok || statusOf(answer.value).allowed !== false;
  }
}

/** For example `apps`; empty for the core kinds. */
export function groupOf({ apiVersion }: Pick<ApiResource, 'apiVersion'>): string {
  return apiVersion.includes('/') ? apiVersion.replace(/\/.*/, '') : '';
}

function grants(rule: Rule, { verb, resource }: Right): boolean {
  const names = rule.resourceNames ?? [];
  return (
    names.length === 0 &&
    holds(rule.verbs, verb) &&
    holds(rule.apiGroups, groupOf(resource)) &&
    holds(rule.resources, resource.plural)
  );
}

function holds(granted: readonly string[] = [], asked: string): boolean {
  return granted.includes('*') || granted.includes(asked);
}

function statusOf(review: KubeObject): ReviewStatus {
  return review['status'] ?? {};
}
