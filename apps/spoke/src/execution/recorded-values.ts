import { underlyingState, type ReleaseReader, type ReleaseState } from '@apollo-deploy/helm';
import type { OfferedContent } from '@apollo-deploy/protocol';
import type { Redactor } from './redact-values.js';

/**
 * Has the redactor hide the values that the cluster records of the release: of its head, of what is
 * deployed and of what the plan was made for. An uninstallation brings no values of its own, and hooks
 * of an upgrade may tell those of before. Throws `KubeUnavailable` where that revision cannot be read.
 */
export async function hideRecordedValues(
  redact: Redactor,
  reader: ReleaseReader,
  { base, namespace }: Pick<OfferedContent, 'base' | 'namespace'>,
  state: ReleaseState,
): Promise<void> {
  hideSeenValues(redact, state);
  const found = underlyingState(state);
  if (found === null || base === null) return;
  const seen = [found.head, found.lastDeployed].map((record) => record?.revision);
  const before = found.history.find(({ revision }) => revision === base.revision);
  if (before === undefined || seen.includes(before.revision)) return;
  const read = await reader.read(namespace, before);
  if (read.ok) redact.hide(read.value);
}

/** Those that were read already. */
export function hideSeenValues(redact: Redactor, state: ReleaseState): void {
  const found = underlyingState(state);
  if (found === null) return;
  redact.hide(found.head);
  if (found.lastDeployed !== null) redact.hide(found.lastDeployed);
}
