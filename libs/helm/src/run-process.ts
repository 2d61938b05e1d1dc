import { execa } from 'execa';
import type { HelmRun } from './helm-runner.js';
import { OutputTail } from './output-tail.js';

export interface ProcessOrder {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly deadlineMs: number;
  /** How long after SIGTERM the group is killed. */
  readonly graceMs: number;
  /** Stops the process early, in the same way as the deadline does. */
  readonly abort?: AbortSignal;
  readonly onStart?: (process: { readonly pid: number }) => void;
}

/** How much of each output is kept. */
export const TAIL_BYTES = 64 * 1024;

/**
 * Runs one process in a group of its own and waits until the whole group is dead. Rejects only if
 * the process cannot be started.
 */
export async function runProcess(order: ProcessOrder): Promise<HelmRun> {
  const startedAt = new Date();
  const child = execa(order.file, order.args, {
    cwd: order.cwd,
    env: order.env,
    extendEnv: false,
    detached: true,
    stdin: 'ignore',
    buffer: false,
    reject: false,
  });
  const [stdout, stderr] = [new OutputTail(TAIL_BYTES), new OutputTail(TAIL_BYTES)];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const stopper = new GroupStopper(child.pid, order.graceMs);
  const deadline = setTimeout(() => stopper.stop('deadline'), order.deadlineMs);
  const onAbort = (): void => stopper.stop('abort');
  order.abort?.addEventListener('abort', onAbort, { once: true });
  if (order.abort?.aborted === true) onAbort();
  // What the process leaves behind would keep its output open.
  child.once('exit', () => stopper.finish());
  if (child.pid !== undefined) order.onStart?.({ pid: child.pid });
  const ended = await child;
  clearTimeout(deadline);
  order.abort?.removeEventListener('abort', onAbort);
  if (child.pid === undefined) {
    throw new Error(ended.shortMessage ?? `${order.file} did not start`, { cause: ended });
  }
  return {
    exitCode: ended.exitCode ?? null,
    signal: ended.signal ?? null,
    stdoutTail: stdout.text(),
    stderrTail: stderr.text(),
    startedAt,
    endedAt: new Date(),
    timedOut: stopper.reason === 'deadline',
  };
}

/** Ends a process group: SIGTERM, then SIGKILL; at the end whatever is left of it. */
class GroupStopper {
  reason: 'deadline' | 'abort' | null = null;
  private kill: NodeJS.Timeout | undefined;

  constructor(
    private readonly pid: number | undefined,
    private readonly graceMs: number,
  ) {}

  stop(reason: 'deadline' | 'abort'): void {
    if (this.reason !== null) return;
    this.reason = reason;
    this.signal('SIGTERM');
    this.kill = setTimeout(() => this.signal('SIGKILL'), this.graceMs);
  }

  finish(): void {
    clearTimeout(this.kill);
    this.signal('SIGKILL');
  }

  private signal(signal: NodeJS.Signals): void {
    if (this.pid === undefined) return;
    try {
      process.kill(-this.pid, signal);
    } catch (error) {
      // The group is gone, which is what was wanted.
      if (!isNoSuchProcess(error)) throw error;
    }
  }
}

function isNoSuchProcess(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ESRCH';
}
