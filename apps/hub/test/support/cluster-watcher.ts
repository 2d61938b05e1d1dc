import { randomBytes } from 'node:crypto';
import { eventually, type SharedTestCluster } from '@apollo-deploy/local-cluster/testing';

/** A crash as the cluster tells it. */
export interface Crash {
  readonly pod: string;
  /** By the clock of the kubelet, in whole seconds. */
  readonly finishedAt: string;
}

interface Pod {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly containerStatuses?: readonly {
      readonly state?: { readonly waiting?: { readonly reason?: string } };
      readonly lastState?: { readonly terminated?: { readonly finishedAt: string } };
    }[];
  };
}

/** Asks the API server of the test cluster about one namespace, with its own times. */
export class ClusterWatcher {
  constructor(
    private readonly cluster: SharedTestCluster,
    private readonly namespace: string,
  ) {}

  /** The API server's time, in whole seconds: that of an object made for it. */
  async now(): Promise<string> {
    const metadata = { name: `now-${randomBytes(4).toString('hex')}` };
    const made = await this.cluster.send({
      method: 'POST',
      path: `/api/v1/namespaces/${this.namespace}/configmaps`,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata },
    });
    const object = JSON.parse(made.body) as { metadata: { creationTimestamp: string } };
    return object.metadata.creationTimestamp;
  }

  /** Waits for the first crash loop among the pods labelled `app=<name>`. */
  async firstCrashLoop(name: string): Promise<Crash> {
    return eventually(`a pod of ${name} in CrashLoopBackOff`, async () => {
      const { body } = await this.cluster.send({
        method: 'GET',
        path: `/api/v1/namespaces/${this.namespace}/pods?labelSelector=app%3D${name}`,
      });
      return (JSON.parse(body) as { items: readonly Pod[] }).items.map(crashOf).find(Boolean);
    });
  }
}

function crashOf({ metadata, status }: Pod): Crash | undefined {
  const [container] = status?.containerStatuses ?? [];
  const finishedAt = container?.lastState?.terminated?.finishedAt;
  if (container?.state?.waiting?.reason !== 'CrashLoopBackOff') return undefined;
  return finishedAt === undefined ? undefined : { pod: metadata.name, finishedAt };
}
