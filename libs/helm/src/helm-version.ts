import { err, ok, type Result } from '@apollo-deploy/kernel';

export interface HelmVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** The oldest Helm that is used, by major version. */
export const OLDEST_SUPPORTED_HELM = {
  3: { major: 3, minor: 20, patch: 2 },
  4: { major: 4, minor: 1, patch: 4 },
} as const satisfies Record<number, HelmVersion>;

export type HelmVersionRefusal =
  | { readonly code: 'helm/not_found'; readonly path: string; readonly message: string }
  | { readonly code: 'helm/version_unreadable'; readonly path: string; readonly message: string }
  | {
      readonly code: 'helm/version_unsupported';
      readonly path: string;
      readonly version: HelmVersion;
      readonly message: string;
    };

/** Reads what `helm version --template {{.Version}}` prints and says whether it is supported. */
export function parseHelmVersion(
  printed: string,
  path: string,
): Result<HelmVersion, HelmVersionRefusal> {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(printed.trim());
  if (match === null) {
    const message =
      `${path} did not print a Helm version but ${JSON.stringify(printed.slice(0, 100))}; ` +
      'check that it is the Helm command line tool';
    return err({ code: 'helm/version_unreadable', path, message });
  }
  const [major = 0, minor = 0, patch = 0] = match.slice(1).map(Number);
  const version = { major, minor, patch };
  if (isSupported(version)) return ok(version);
  const message =
    `${path} is Helm ${formatHelmVersion(version)}; install ` +
    `${formatHelmVersion(OLDEST_SUPPORTED_HELM[4])} or newer (of Helm 3: ` +
    `${formatHelmVersion(OLDEST_SUPPORTED_HELM[3])} or newer)`;
  return err({ code: 'helm/version_unsupported', path, version, message });
}

/** `4.3.1` */
export function formatHelmVersion({ major, minor, patch }: HelmVersion): string {
  return `${String(major)}.${String(minor)}.${String(patch)}`;
}

function isSupported(version: HelmVersion): boolean {
  if (version.major !== 3 && version.major !== 4) return false;
  const oldest = OLDEST_SUPPORTED_HELM[version.major];
  if (version.minor !== oldest.minor) return version.minor > oldest.minor;
  return version.patch >= oldest.patch;
}
