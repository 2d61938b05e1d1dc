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

/**
 * What the cluster would refuse, found out without touching it; null if nothing. Throws
 * `KubeUnavailable` and `HelmUnavailable`.
 */
export async function preflight(
  tools: { readonly kube: KubeApi; readonly helm: HelmRunner },
  { planId, content, chart, values, head }: PreflightRequest,
): Promise<PlanVerdict | null> {
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
  if (!report.ok) return refused(report.error.code, report.error.message);
  const blocking = report.value.findings.filter(({ severity }) => severity === 'blocking');
  const [first] = blocking;
  if (first === undefined) return null;
  const named = blocking.slice(0, NAMED).map(describe).join('; ');
  const more = blocking.length > NAMED ? `; and ${blocking.length - NAMED} more` : '';
  return refused(
    first.code,
    `the cluster would refuse ${chart.name} ${chart.version}: ${named}${more}`,
    {
      findings: blocking.slice(0, KEPT_AS_EVIDENCE),
      checked: report.value.checked,
    },
  );
}

function describe({ field, message }: PreflightFinding): string {
  return field === null || message.includes(field) ? message : `${message} (${field})`;
}
