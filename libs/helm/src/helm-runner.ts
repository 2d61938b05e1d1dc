import type { Json, Result } from '@apollo-deploy/kernel';
import type { HelmCommand, HelmRender } from './helm-command.js';
import type { HelmVersion } from './helm-version.js';

export interface HelmRunOptions {
  /** How long the command may take in all, in milliseconds, before it is stopped. */
  readonly totalDeadlineMs: number;
  /**
   * Asks for an early end. Install and upgrade are told to stop (SIGTERM, SIGKILL 30 s later);
   * rollback and uninstall cannot stop in order, so they run on until the total deadline.
   */
  readonly abort: AbortSignal;
  /** Called once, as soon as the process exists. */
  readonly onStart?: (process: { readonly pid: number }) => void;
}

/**
 * How one helm process ended. Hints for people: what happened to the release is read from its
 * Secrets. When a run resolves, its process is dead.
 */
export interface HelmRun {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The last 64 KiB of each. */
  readonly stdoutTail: string;
  readonly stderrTail: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** True when the total deadline stopped it. */
  readonly timedOut: boolean;
}

/** Helm could not render the chart. `message` is Helm's own. */
export interface RenderRefusal {
  readonly code: 'helm/render_failed';
  readonly message: string;
}

/** Runs Helm against one cluster. Throws `HelmUnavailable` if no helm process can be started. */
export interface HelmRunner {
  readonly version: HelmVersion;
  run(command: HelmCommand, options: HelmRunOptions): Promise<HelmRun>;
  /** The manifest as Helm would send it, hooks and the chart's CRDs included, as YAML documents. */
  render(request: HelmRender): Promise<Result<string, RenderRefusal>>;
  /** What of the chart Helm keeps in the record of each revision, or as much in other words. */
  recordedChart(chartPath: string): Promise<Json>;
  /** True if an installation defines kinds from a `crds` folder before it writes anything else. */
  bringsCrds(chartPath: string): Promise<boolean>;
}

/** Helm could not be started at all: an outage of this machine, nothing was touched. */
export class HelmUnavailable extends Error {
  override readonly name = 'HelmUnavailable';
  readonly retryable: boolean;

  constructor(message: string, options: { readonly cause: unknown; readonly retryable?: boolean }) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable ?? true;
  }
}
