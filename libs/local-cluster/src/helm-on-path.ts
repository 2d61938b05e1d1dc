import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { execa } from 'execa';

/** The oldest Helm 4 whose results Apollo can judge. */
const OLDEST_HELM = [4, 1, 4] as const;

/** The absolute path of the first `helm` on PATH, if it is of a version that Apollo supports. */
export async function helmOnPath(
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter(isAbsolute)) {
    const file = join(folder, 'helm');
    const [found] = await Promise.allSettled([access(file, constants.X_OK)]);
    if (found.status === 'rejected') continue;
    const answer = await execa(file, ['version', '--template', '{{.Version}}'], { reject: false });
    return !answer.failed && isSupportedHelm(answer.stdout) ? file : undefined;
  }
  return undefined;
}

/** Whether `v4.3.1` and the like is a Helm 4 that Apollo supports. Pre-releases are not. */
export function isSupportedHelm(version: string): boolean {
  const parts = /^v?(\d+)\.(\d+)\.(\d+)(\+\S*)?$/.exec(version.trim());
  if (parts === null) return false;
  const [major, minor, patch] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  if (major !== OLDEST_HELM[0]) return false;
  return minor > OLDEST_HELM[1] || (minor === OLDEST_HELM[1] && patch >= OLDEST_HELM[2]);
}
