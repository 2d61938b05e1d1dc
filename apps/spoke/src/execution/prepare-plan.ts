import { headOf, type ReleaseState } from '@apollo-deploy/helm';
import type { Timer } from '@apollo-deploy/kube';
import type { Deployer } from '../deployers/deployer.js';
import type { ChartFetcher } from './chart-fetcher.js';
import type { OpenedOffer } from './opened-offer.js';
import { type Findings, preflight } from './preflight.js';
import { findRevision, releaseOperationOf } from './release-operation-of.js';
import type { ExecutionCollaborators } from './run-control.js';
import { refused } from './verdicts.js';

export interface Preparation {
  readonly findings: Findings;
  /** Which revision a rollback by Helm's own history goes back to; null for every other plan. */
  readonly backTo: number | null;
}

interface PreparationRequest {
  readonly state: ReleaseState;
  /** Who would carry it out. */
  readonly deployer: Deployer;
  /** It takes long, and why. */
  readonly onWaiting: (why: string) => void;
}

/** What takes longer is told: somebody may wonder why nothing happens. */
const SLOW_MS = 10_000;

/**
 * Everything that can be refused without touching anything: the chart is fetched and the plan tried
 * out in the cluster. Throws what its collaborators throw when they cannot be asked.
 */
export async function preparePlan(
  tools: ExecutionCollaborators,
  offer: OpenedOffer,
  { state, deployer, onWaiting }: PreparationRequest,
): Promise<Preparation> {
  const { clock, log, reader, policy } = tools;
  const { content } = offer;
  const fetched = await fetchChart(tools, offer, onWaiting);
  if (fetched?.ok === false) {
    return {
      findings: { verdict: refused(fetched.error.code, fetched.error.message) },
      backTo: null,
    };
  }
  const startedAt = clock.now().getTime();
  const head = headOf(state);
  const backTo = content.type === 'rollback' ? await findRevision(reader, state, content) : null;
  const operation = releaseOperationOf({
    offer,
    base: { revision: head?.revision ?? 0, secretUid: head?.secretUid ?? null },
    chartPath: fetched?.value ?? null,
    rollbackTo: backTo,
  });
  const { kube, helm } = deployer;
  const acting = { kube, helm, reader, ...(policy !== undefined && { policy }) };
  const findings = await preflight(acting, { operation, state });
  const triedMs = clock.now().getTime() - startedAt;
  log.debug({ planId: offer.planId, triedMs }, 'the plan was tried out in the cluster');
  return { findings, backTo };
}

/** Tells it once what is waited for takes long; the answer says that it is over. */
export function tellIfSlow(timer: Timer, tell: () => void): () => void {
  return timer.after(SLOW_MS, tell);
}

/** Null for a plan that needs none. */
async function fetchChart(
  { timer, charts }: ExecutionCollaborators,
  { content: { chart }, chartBytes }: OpenedOffer,
  onWaiting: (why: string) => void,
): Promise<Awaited<ReturnType<ChartFetcher['fetch']>> | null> {
  if (chart === null) return null;
  const why = `chart ${chart.name} ${chart.version} is being fetched from the hub`;
  const over = tellIfSlow(timer, () => onWaiting(why));
  try {
    return await charts.fetch(chart.sha256, chartBytes);
  } finally {
    over();
  }
}
