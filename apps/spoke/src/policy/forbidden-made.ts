import type { HelmReport } from '@apollo-deploy/helm';
import { manifestDocuments } from '@apollo-deploy/kube';
import type { PlanVerdict } from '@apollo-deploy/protocol';
import { evidenceOf } from '../execution/plan-evidence.js';
import { unhealthy } from '../execution/verdicts.js';
import type { PolicyFile } from './policy-file.js';

const NAMED = 5;

/**
 * The verdict on what Helm has made, where the policy does not allow it; null if it does. A chart can be
 * rendered otherwise than when it was tried out, by chance, by the time or by the number of the revision,
 * and only the record of the release tells.
 */
export async function forbiddenMade(
  policy: PolicyFile | undefined,
  report: HelmReport,
  namespace: string,
): Promise<PlanVerdict | null> {
  const { head } = report;
  if (policy === undefined || head === null) return null;
  const texts = [head.manifest, ...head.hooks.map(({ manifest }) => manifest)];
  const made = await manifestDocuments(texts.join('\n---\n'));
  const breaches = made.ok
    ? await policy.breachesMade(
        made.value.map(({ object }) => object),
        namespace,
      )
    : [made.error];
  if (breaches.length === 0) return null;
  const named = breaches.slice(0, NAMED).map(({ message }) => message);
  const message = `Helm has made what the chart did not show when it was tried out: ${named.join('; ')}; look at what is there, and find out who made the chart`;
  return unhealthy('policy/forbidden', message, evidenceOf(report));
}
