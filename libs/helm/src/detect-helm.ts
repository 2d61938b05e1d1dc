import { tmpdir } from 'node:os';
import { err, type Result } from '@apollo-deploy/kernel';
import { parseHelmVersion, type HelmVersion, type HelmVersionRefusal } from './helm-version.js';
import { runForOutput } from './run-for-output.js';

const DEADLINE_MS = 10_000;

/** Asks a helm for its version and says whether it can be used. */
export async function detectHelm(path: string): Promise<Result<HelmVersion, HelmVersionRefusal>> {
  try {
    const args = ['version', '--template', '{{.Version}}'];
    const { stdout } = await runForOutput(order(path, args));
    return parseHelmVersion(stdout, path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `${path} cannot be run (${why}); install Helm there or name another path`;
    return err({ code: 'helm/not_found', path, message });
  }
}

/**
 * The `setpriv` that can tie a process to the death of its parent (Linux); null where there is none.
 * Without it a command outlives a killed parent, and its release has to wait for it to end.
 */
export async function findDeathSignal(path = 'setpriv'): Promise<string | null> {
  const args = ['--pdeathsig', 'KILL', '--', 'true'];
  const tried = await runForOutput(order(path, args)).catch(() => null);
  return tried?.exitCode === 0 ? path : null;
}

function order(file: string, args: readonly string[]): Parameters<typeof runForOutput>[0] {
  const env = { PATH: process.env['PATH'] ?? '', HOME: tmpdir() };
  return { file, args, env, cwd: tmpdir(), deadlineMs: DEADLINE_MS };
}
