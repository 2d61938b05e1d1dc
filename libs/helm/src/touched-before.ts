import type { HelmVerdict, RepairTrace } from './helm-report.js';

/** What a run has done to a release, or may have, before its verdict was found. */
export interface Touched {
  readonly release: string;
  /** What was left of the release was removed. `hooksMayHaveRun`: with hooks of its own. */
  readonly removed: { readonly hooksMayHaveRun: boolean } | null;
  /** Pending records of dead processes, of before this run, that it marked failed. */
  readonly repairs: readonly RepairTrace[];
  /** Helm may have defined the chart's own kinds, which it does before it writes anything else. */
  readonly mayHaveDefined: boolean;
}

/**
 * The verdict in the light of what the run had done before: "refused" and "cancelled" promise that
 * nothing was touched, and "base moved" that this plan did nothing. A repair alone leaves every object
 * as it was, so that a base that moved meanwhile still is no fault of the plan.
 */
export function inLightOf(verdict: HelmVerdict, touched: Touched): HelmVerdict {
  const done = deedsOf(touched);
  if (done.length === 0) return verdict;
  const message = `${verdict.message}; before that, ${done.join(' and ')}`;
  switch (verdict.result) {
    case 'refused':
    case 'cancelled': {
      const hooksMayHaveRun = touched.removed?.hooksMayHaveRun ?? false;
      const refusal = verdict.result === 'refused' ? { refusal: verdict.code } : {};
      return { result: 'broken', message, hooksMayHaveRun, ...refusal };
    }
    case 'base_moved':
      return touched.removed === null ? verdict : { result: 'overtaken', message };
    default:
      return verdict;
  }
}

function deedsOf({ release, removed, repairs, mayHaveDefined }: Touched): string[] {
  return [
    ...repairs.map(
      ({ revision }) =>
        `revision ${String(revision)}, left pending by a dead process, was marked failed`,
    ),
    ...(removed === null ? [] : [`what was left of release ${release} was removed`]),
    ...(mayHaveDefined
      ? [
          'Helm may have defined kinds from the crds folder of the chart; look whether they are there',
        ]
      : []),
  ];
}
