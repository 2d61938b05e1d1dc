import type { KubeApi } from '@apollo-deploy/kube';
import type { HelmReport } from './helm-report.js';
import type { HelmRunner } from './helm-runner.js';
import type { ReleaseOperation } from './release-operation.js';

/** Where an operation is, for progress shown to people. */
export type OperatorPhase = 'observing' | 'repairing' | 'removing' | 'running';

export interface OperateOptions {
  readonly abort: AbortSignal;
  /** For the whole operation, in milliseconds. */
  readonly totalDeadlineMs: number;
  /** Helm's own limit for each hook, in milliseconds. */
  readonly hookTimeoutMs: number;
  /** True only if the process behind a pending record is proven dead. */
  readonly deadHolder: boolean;
  readonly onPhase?: (phase: OperatorPhase) => void;
  /** Called with each helm process that is started. */
  readonly onProcess?: (process: { readonly pid: number }) => void;
}

/** Carries one operation out on one release: observes, decides, runs one command, observes again. */
export declare class HelmChartOperator {
  constructor(collaborators: { readonly kube: KubeApi; readonly helm: HelmRunner });
  /** Throws `KubeUnavailable` or `HelmUnavailable`; run it again then, it starts by observing. */
  operate(operation: ReleaseOperation, options: OperateOptions): Promise<HelmReport>;
}
