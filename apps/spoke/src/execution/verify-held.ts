import type { HelmReport } from '@apollo-deploy/helm';
import type { PlanVerdict } from '@apollo-deploy/protocol';
import type { HeldClaim } from './claim.js';
import type { ExecutionCollaborators, RunControl } from './run-control.js';
import { verifyPlan } from './verify-plan.js';

/** What Helm has done for a plan, under its claim. */
interface Done {
  readonly claim: HeldClaim;
  readonly report: HelmReport;
}

/**
 * Writes down from when the rollout's time runs, and looks meanwhile how it goes. `not_held`: somebody
 * else has the claim, so that what was seen counts for nothing; null: the process is about to end. The
 * look is over when this answers, and when it throws.
 */
export async function verifyHeld(
  tools: ExecutionCollaborators,
  { claim, report }: Done,
  { stopping, onProgress }: Pick<RunControl, 'stopping' | 'onProgress'>,
): Promise<PlanVerdict | 'not_held' | null> {
  const since = claim.current.verifyingSince ?? tools.clock.now().toISOString();
  const looking = new AbortController();
  const stop = (): void => looking.abort();
  stopping.addEventListener('abort', stop);
  if (stopping.aborted) stop();
  const entered = claim.enterVerifying(new Date(since)).then((held) => {
    if (!held) stop();
    return held;
  });
  const looked = verifyPlan(
    tools,
    { claim: claim.current, report, since: new Date(since) },
    { stopping: looking.signal, onProgress },
  );
  try {
    const [held, verdict] = await Promise.all([entered, looked]);
    return held ? verdict : 'not_held';
  } finally {
    stop();
    stopping.removeEventListener('abort', stop);
    await Promise.allSettled([entered, looked]);
  }
}
