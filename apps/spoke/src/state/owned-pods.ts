import type { KubeObject } from '@apollo-deploy/kube';

/** Live objects by the uid of the controller that owns them. */
export class OwnedPods {
  private readonly children = new Map<string, KubeObject[]>();

  /** `intermediates`: ReplicaSets and Jobs, which stand between a workload and its pods. */
  constructor(pods: readonly KubeObject[], intermediates: readonly KubeObject[]) {
    for (const object of [...pods, ...intermediates]) {
      const owner = controllerOf(object);
      if (owner === undefined) continue;
      const siblings = this.children.get(owner);
      if (siblings === undefined) this.children.set(owner, [object]);
      else siblings.push(object);
    }
  }

  /** The object and everything that its controllers made. */
  below(object: KubeObject): readonly KubeObject[] {
    const children = this.children.get(object.metadata.uid ?? '') ?? [];
    return [object, ...children.flatMap((child) => this.below(child))];
  }
}

function controllerOf({ metadata }: KubeObject): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid;
}
