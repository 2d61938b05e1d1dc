import {
  checkRemoval,
  preflight as checkChart,
  type ChartArchive,
  type HelmRunner,
  type HelmValues,
  type PreflightFinding,
  type ReleaseRecord,
} from '@apollo-deploy/helm';
import type { KubeApi } from '@apollo-deploy/kube';
import type { OfferedContent, PlanVerdict } from '@apollo-deploy/protocol';
import { refused } from './verdicts.js';

export interface PreflightRequest {
  readonly planId: string;
  readonly content: OfferedContent;
  readonly chart: ChartArchive;
  readonly values: HelmValues;
  /** The release as it is; null if there is none. */
  readonly head: ReleaseRecord | null;
}

const NAMED = 5;
const KEPT_AS_EVIDENCE = 20;

/** What was found out without touching anything: why it ends here, or what is worth telling later. */
export type Findings =
  | { readonly verdict: PlanVerdict }
  | {
      readonly verdict: null;
      /** Sentences about what others have set and the chart takes back. */
      readonly overridden: readonly string[];
      /** How often Helm may run a hook, at most. */
      readonly hookRuns: number;
    };

export const NOTHING_FOUND = {
  verdict: null,
  overridden: [],
  hookRuns: 0,
} as const satisfies Findings;

/**
 * What the cluster would refuse, found out without touching it. Throws `KubeUnavailable` and
 * `HelmUnavailable`.
 */
export async function preflight(
  tools: { readonly kube: KubeApi; readonly helm: HelmRunner },
  { planId, content, chart, values, head }: PreflightRequest,
): Promise<Findings> {
  const { releaseName: release, namespace } = content;
  const base = { revision: head?.revision ?? 0, secretUid: head?.secretUid ?? null };
  const target = { planId, release, namespace, base, chart, values };
  const report = await checkChart(tools, {
    head,
    operation:
      content.type === 'install'
        ? // The spoke makes the namespace once the release is claimed, so its absence is no finding.
          { ...target, type: 'install', createNamespace: true }
        : { ...target, type: 'upgrade' },
  });
  if (!report.ok) return { verdict: refused(report.error.code, report.error.message) };
  const { findings } = report.value;
  const blocking = findings.filter(({ severity }) => severity === 'blocking');
  const [first] = blocking;
  const { hookRuns } = report.value;
  if (first === undefined) return { verdict: null, overridden: findings.map(describe), hookRuns };
  return refusedFor(`${chart.name} ${chart.version}`, first, blocking);
}

/** The same for an uninstallation. Throws `KubeUnavailable`. */
export async function preflightRemoval(
  { kube }: { readonly kube: KubeApi },
  head: ReleaseRecord | null,
): Promise<Findings> {
  if (head === null) return NOTHING_FOUND;
  const blocking = await checkRemoval(kube, head);
  const [first] = blocking;
  if (first !== undefined) {
    return refusedFor(`the removal of release ${head.name}`, first, blocking);
  }
  const hookRuns = head.hooks.flatMap(({ events }) => events).length;
  return { ...NOTHING_FOUND, hookRuns };
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
