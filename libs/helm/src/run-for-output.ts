import { execa } from 'execa';

/** The largest output that is read: manifests are far smaller. */
const LARGEST_OUTPUT = 64 * 1024 * 1024;

/**
 * Runs a short process that changes nothing and returns all it printed. `killedBy` names the signal of
 * somebody else that ended it; at the deadline, or for too much output, it is ended from here.
 */
export async function runForOutput(order: {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly deadlineMs: number;
}): Promise<{
  readonly exitCode: number | null;
  readonly killedBy: string | null;
  readonly stdout: string;
  readonly stderr: string;
}> {
  const ended = await execa(order.file, order.args, {
    cwd: order.cwd,
    env: order.env,
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    timeout: order.deadlineMs,
    killSignal: 'SIGKILL',
    maxBuffer: LARGEST_OUTPUT,
  });
  const started = ended.exitCode !== undefined || ended.signal !== undefined;
  if (!started && !ended.timedOut) {
    throw new Error(ended.shortMessage ?? `${order.file} did not start`, { cause: ended });
  }
  const ownDoing = ended.timedOut || ended.isMaxBuffer;
  return {
    exitCode: ended.exitCode ?? null,
    killedBy: ownDoing ? null : (ended.signal ?? null),
    stdout: ended.stdout,
    stderr: ended.stderr,
  };
}
