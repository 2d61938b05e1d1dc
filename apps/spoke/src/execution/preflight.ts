import {
  headOf,
  preflight as tryOut,
  type HelmRunner,
  type PreflightFinding,
  type ReleaseOperation,
  type ReleaseReader,
  type ReleaseState,
} from '@apollo-deploy/helm';
import type { KubeApi } from '@apollo-deploy/kube';
import type { PlanVerdict } from '@apollo-deploy/protocol';
import type { PolicyFile } from '../policy/policy-file.js';
import type { Foreseen } from './ledger-entry.js';
import { refused } from './verdicts.js';

export interface PreflightRequest {
  readonly operation: ReleaseOperation;
  /** The release as it is. */
  readonly state: ReleaseState;
}

const NAMED = 5;
const KEPT_AS_EVIDENCE = 20;

/** What was found out without touching anything: why it ends here, or what is worth telling later. */
export type Findings =
  | { readonly verdict: PlanVerdict }
  | {
      readonly verdict: null;
      readonly foreseen: Foreseen;
      /** How often Helm may run a hook, at most. */
      readonly hookRuns: number;
    };

export const NOTHING_FOUND = {
  verdict: null,
  foreseen: {},
  hookRuns: 0,
} as const satisfies Findings;

/**
 * What the cluster would refuse, found out without touching it. Throws `KubeUnavailable` and
 * `HelmUnavailable`.
 */
export async function preflight(
  tools: {
    readonly kube: KubeApi;
    readonly helm: HelmRunner;
    readonly reader: ReleaseReader;
    readonly policy?: PolicyFile;
  },
  { operation, state }: PreflightRequest,
): Promise<Findings> {
  // Where there is no release an uninstallation has nothing to take away.
  if (operation.type === 'uninstall' && headOf(state) === null) return NOTHING_FOUND;
  const { policy } = tools;
  const report = await tryOut(tools, {
    state,
    ...(policy !== undefined && {
      forbidden: (objects) => policy.breaches(objects, operation.namespace),
    }),
    operation:
      operation.type === 'install'
        ? // The spoke makes the namespace once the release is claimed, so its absence is no finding.
          { ...operation, createNamespace: true }
        : operation,
  });
  if (!report.ok) return { verdict: refused(report.error.code, report.error.message) };
  const { findings, hookRuns } = report.value;
  const blocking = findings.filter(({ severity }) => severity === 'blocking');
  const [first] = blocking;
  if (first !== undefined) return refusedFor(nameOf(operation), first, blocking);
  return { verdict: null, foreseen: foreseenIn(findings), hookRuns };
}

function foreseenIn(findings: readonly PreflightFinding[]): Foreseen {
  const of = (wanted: PreflightFinding['severity']): string[] =>
    findings
      .filter(({ severity }) => severity === wanted)
      .slice(0, KEPT_AS_EVIDENCE)
      .map(describe);
  const [overridden, noted] = [of('overridden'), of('noted')];
  return {
    ...(overridden.length > 0 && { overridden }),
    ...(noted.length > 0 && { noted }),
  };
}

function nameOf(operation: ReleaseOperation): string {
  if (operation.type === 'uninstall') return `the removal of release ${operation.release}`;
  if (operation.type === 'rollback') {
    return `to take release ${operation.release} back to revision ${operation.revision}`;
  }
  return `${operation.chart.name} ${operation.chart.version}`;
}

function refusedFor(
  what: string,
  first: PreflightFinding,
  blocking: readonly PreflightFinding[],
): Findings {
  const named = blocking.slice(0, NAMED).map(describe).join('; ');
  const more = blocking.length > NAMED ? `; and ${blocking.length - NAMED} more` : '';
  const message = `the cluster would refuse ${what}: ${named}${more}`;
  return {
    verdict: refused(first.code, message, { findings: blocking.slice(0, KEPT_AS_EVIDENCE) }),
  };
}

function describe({ field, message }: PreflightFinding): string {
  return field === null || message.includes(field) ? message : `${message} (${field})`;
}
