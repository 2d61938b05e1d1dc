import { readFile } from 'node:fs/promises';
import type { KubeApi, KubeObject } from '@apollo-deploy/kube';
import { err, type Result } from '@apollo-deploy/kernel';
import { heldBy, parseClusterPolicy, type ClusterPolicy } from './cluster-policy.js';
import { policyBreaches, type PolicyBreach } from './policy-breaches.js';

/** The policy file of the cluster's owner, read anew each time it is asked: a change counts at once. */
export class PolicyFile {
  constructor(
    private readonly path: string,
    private readonly kube: Pick<KubeApi, 'resources'>,
  ) {}

  /** Why nothing may begin at this instant, with what to do; null if something may. */
  async heldBy(now: Date): Promise<string | null> {
    const policy = await this.read();
    return policy.ok ? heldBy(policy.value, now) : this.broken(policy.error);
  }

  /** What of these objects is not allowed. Of a file that cannot be read: nothing is. */
  async breaches(
    objects: readonly KubeObject[],
    namespace: string,
  ): Promise<readonly Pick<PolicyBreach, 'message'>[]> {
    const policy = await this.read();
    if (!policy.ok) return [{ message: this.broken(policy.error) }];
    return this.judge(policy.value, objects, namespace);
  }

  /** As `breaches`, of what is there already. A file that cannot be read says nothing about that. */
  async breachesMade(
    objects: readonly KubeObject[],
    namespace: string,
  ): Promise<readonly Pick<PolicyBreach, 'message'>[]> {
    const policy = await this.read();
    return policy.ok ? this.judge(policy.value, objects, namespace) : [];
  }

  private async judge(
    policy: ClusterPolicy,
    objects: readonly KubeObject[],
    namespace: string,
  ): Promise<readonly PolicyBreach[]> {
    const resources = await this.kube.resources();
    return policyBreaches(policy, objects, { namespace, resources });
  }

  private async read(): Promise<Result<ClusterPolicy, string>> {
    try {
      return parseClusterPolicy(await readFile(this.path, 'utf8'));
    } catch (error) {
      return err(error instanceof Error ? error.message : String(error));
    }
  }

  private broken(why: string): string {
    return `the policy file ${this.path} cannot be used (${why}), so nothing is allowed in this cluster; its owner has to mend it`;
  }
}
