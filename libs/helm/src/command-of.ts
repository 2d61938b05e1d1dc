import { assertNever } from '@apollo-deploy/kernel';
import type { HelmCommand, HelmUninstall } from './helm-command.js';
import type { ReleaseOperation } from './release-operation.js';
import type { ReleaseRecord } from './release-record.js';

interface CommandLimits {
  readonly hookTimeoutMs: number;
}

/** The helm command that carries an operation out, given the release's head. */
export function commandOf(
  operation: ReleaseOperation,
  head: ReleaseRecord | null,
  { hookTimeoutMs }: CommandLimits,
): HelmCommand {
  const { planId, release, namespace } = operation;
  const target = { planId, release, namespace, timeoutMs: hookTimeoutMs };
  // The chart wins over fields changed by hand. Client-side releases do so by themselves, and Helm
  // refuses the flag for them.
  const forceConflicts = head?.applyMethod === 'ssa' && operation.fieldConflicts !== 'refuse';
  switch (operation.type) {
    case 'install': {
      const { chart, values, createNamespace = false } = operation;
      return { verb: 'install', ...target, chartPath: chart.path, values, createNamespace };
    }
    case 'upgrade':
    case 'config_update': {
      const { chart, values } = operation;
      return { verb: 'upgrade', ...target, chartPath: chart.path, values, forceConflicts };
    }
    case 'rollback':
      return { verb: 'rollback', ...target, revision: operation.revision, forceConflicts };
    case 'uninstall':
      return { verb: 'uninstall', ...target };
    default:
      return assertNever(operation);
  }
}

/** The command that removes what is left of a release before it is installed anew. */
export function removalOf(
  { planId, release, namespace }: ReleaseOperation,
  { hookTimeoutMs }: CommandLimits,
): HelmUninstall {
  return { verb: 'uninstall', planId, release, namespace, timeoutMs: hookTimeoutMs };
}
