import {
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
  /** Sentences about what others have set and the chart takes back. */
  | { readonly verdict: null; readonly overridden: readonly string[] };

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
  if (first === undefined) return { verdict: null, overridden: findings.map(describe) };
  const named = blocking.slice(0, NAMED).map(describe).join('; ');
  const more = blocking.length > NAMED ? `; and ${blocking.length - NAMED} more` : '';
  const message = `the cluster would refuse ${chart.name} ${chart.version}: ${named}${more}`;
  const { checked } = report.value;
  const evidence = { findings: blocking.slice(0, KEPT_AS_EVIDENCE), checked };
  return { verdict: refused(first.code, message, evidence) };
}

function describe({ field, message }: PreflightFinding): string {
  return field === null || message.includes(field) ? message : `${message} (${field})`;
}
