import type { Body } from './hub-client.js';

/** The parts of a deployment that tests look at. */
export interface DeploymentBody {
  readonly id: string;
  readonly service: string;
  readonly status: string;
  readonly notes?: string;
  readonly supersededBy?: string;
  readonly steps: readonly { readonly status: string; readonly at: string }[];
  readonly plans: readonly { readonly id: string; readonly state: string }[];
  readonly targets: readonly {
    readonly state: string;
    readonly rollout?: { readonly step: number };
  }[];
  readonly waitsFor?: readonly {
    readonly code: string;
    readonly message: string;
    readonly plan?: string;
  }[];
}

/** An object of Kubernetes, as far as tests look at it. */
export interface KubeObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly replicas?: number;
    readonly selector?: Readonly<Record<string, string>>;
    readonly strategy?: { readonly type: string };
  };
}

/** What came back, whatever its status. */
export interface Answered {
  readonly status: number;
  readonly body: Body;
}

/** What the API server says of the Deployment of a service. */
export interface Running {
  /** Of the image. */
  readonly tag: string;
  readonly ready: number;
}
