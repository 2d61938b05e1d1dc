import type { WindowAnswer } from '../schedules/window-answer.js';

/** An approval that will be worth nothing by the time the plan may begin. */
export interface LapsesUnused {
  readonly expiresAt: string;
  /** The first instant at which the plan may begin; absent if nobody knows one. */
  readonly opensAt?: string;
  readonly message: string;
}

/**
 * Tells the approver at once if the next window opens, or the rule holds, only after the approval will
 * have lapsed; an approval counts up to the instant at which it lapses, not included. Nothing is told
 * where nobody looked far enough ahead to know.
 */
export function lapsesUnused(
  { by, expiresAt }: { readonly by: string; readonly expiresAt?: string },
  window: Pick<WindowAnswer, 'open' | 'nextOpen' | 'searchedUntil'>,
  notBefore?: string,
): LapsesUnused | undefined {
  if (expiresAt === undefined) return undefined;
  const opensAt = window.open ? notBefore : laterOf(window.nextOpen, notBefore);
  if (window.open && opensAt === undefined) return undefined;
  const shutUntil = opensAt ?? window.searchedUntil;
  if (shutUntil !== undefined && Date.parse(shutUntil) < Date.parse(expiresAt)) return undefined;
  return {
    expiresAt,
    ...(opensAt !== undefined && { opensAt }),
    message: `the approval of ${by} lapses at ${expiresAt}, and the plan cannot begin before ${shutUntil ?? '400 days are over'}; ${by} has to approve again shortly before that`,
  };
}

/** Undefined where the window never opens, whatever the rule says. */
function laterOf(nextOpen: string | undefined, notBefore: string | undefined): string | undefined {
  if (nextOpen === undefined || notBefore === undefined) return nextOpen;
  return Date.parse(notBefore) > Date.parse(nextOpen) ? notBefore : nextOpen;
}
