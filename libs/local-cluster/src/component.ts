import type { ComponentName } from './component-names.js';
import { ComponentProcess, type ComponentStart } from './component-process.js';

/**
 * How long to wait before a process is started again, by how many times in a row it has ended soon
 * after its start; after the last it stays down. The first are short: while the API server is away
 * its clients wait ever longer between attempts, and would go on doing so when it is back.
 */
const PAUSES_MS: readonly number[] = [0, 0, 500, 1_000, 2_000];
/** A process that ends after running for this long has worked; its failures count anew. */
const SETTLED_MS = 10_000;

export interface RestartPolicy {
  readonly pausesMs: readonly number[];
  readonly settledMs: number;
}

/** One part of a cluster: its process, and the next one when that ends although nobody stopped it. */
export class Component {
  private process: ComponentProcess;
  private startedAt = performance.now();
  private quickEnds = 0;
  private nextStart: NodeJS.Timeout | undefined;
  private stopping = false;
  private keptRunning = false;
  private gaveUp = false;

  private constructor(
    private readonly spec: ComponentStart,
    private readonly policy: RestartPolicy,
  ) {
    this.process = ComponentProcess.start(spec);
  }

  /** Starts the process. Until `keepRunning` nothing is done about its end. */
  static start(
    spec: ComponentStart,
    policy: RestartPolicy = { pausesMs: PAUSES_MS, settledMs: SETTLED_MS },
  ): Component {
    return new Component(spec, policy);
  }

  get name(): ComponentName {
    return this.spec.name;
  }

  /** How the process ended (`exit code 1`, `SIGKILL`), or undefined while it runs. */
  get howItEnded(): string | undefined {
    return this.process.howItEnded;
  }

  /** True once the process has ended and nothing will start it again. */
  get staysDown(): boolean {
    return this.howItEnded !== undefined && (!this.keptRunning || this.gaveUp);
  }

  /** The last lines the process wrote, for an error message. */
  lastWords(): Promise<string> {
    return this.process.lastWords();
  }

  /**
   * From now on starts the process again whenever it ends, with the same command line, until it is
   * stopped or has ended soon after its start too many times in a row. Tells `log` of each.
   */
  keepRunning(log: (line: string) => void): void {
    this.keptRunning = true;
    this.process.onEnd((how) => {
      this.handleEnd(how, log);
    });
  }

  /** From now on leaves the process down when it ends; it may still run. */
  startNoMore(): void {
    this.stopping = true;
    clearTimeout(this.nextStart);
  }

  /** Asks the process to end, kills it when it takes longer; resolves when none runs nor will. */
  async stop(graceMs: number): Promise<void> {
    this.startNoMore();
    await this.process.stop(graceMs);
  }

  /** Kills the process; resolves when none runs nor will. */
  async kill(): Promise<void> {
    this.startNoMore();
    await this.process.kill();
  }

  private handleEnd(how: string, log: (line: string) => void): void {
    if (this.stopping) return;
    const settled = performance.now() - this.startedAt >= this.policy.settledMs;
    this.quickEnds = settled ? 0 : this.quickEnds + 1;
    const pauseMs = this.policy.pausesMs[this.quickEnds];
    if (pauseMs === undefined) {
      this.gaveUp = true;
      log(
        `${this.name} ended unexpectedly ${String(this.quickEnds)} times in a row (${how}) and is not ` +
          `started again; look into ${this.spec.logFile}, then stop the cluster and start it anew`,
      );
      return;
    }
    log(`${this.name} ended unexpectedly (${how}); starting it again`);
    this.nextStart = setTimeout(() => {
      this.startAgain(log);
    }, pauseMs);
    // Waiting to start it is no reason to keep the launcher from ending.
    this.nextStart.unref();
  }

  private startAgain(log: (line: string) => void): void {
    this.startedAt = performance.now();
    try {
      this.process = ComponentProcess.startAgain(this.spec);
    } catch (error) {
      // No file could be opened, or no process made: the machine may have room again in a moment.
      this.handleEnd(String(error), log);
      return;
    }
    this.keepRunning(log);
  }
}
