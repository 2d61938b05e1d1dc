import type { DeploymentTarget, Unseen } from './deployment.js';

/** How long after nobody answered it is asked again, in milliseconds. */
const ASKED_AGAIN_MS = 30_000;
/** So long it is asked again and again, in milliseconds. */
const GIVEN_UP_MS = 15 * 60_000;

/** How a service does, as somebody says who watches it. */
export interface ServiceHealth {
  readonly healthy: boolean;
  /** Why, in a sentence for people. */
  readonly detail: string;
}

/** Somebody besides the spoke was asked how it does, and nobody knows: why, in a sentence for people. */
export interface Unanswered {
  readonly unanswered: string;
}

/**
 * A target after it was looked at, at `at` (RFC 3339). Both have to call it healthy: its spoke (`seen`), and
 * whoever watches services besides (`answer`; absent: nobody is asked). What the spoke calls ill is a bad
 * look, whatever others say. That nobody answered is no look; since when, is kept until there is one.
 */
export function takeLook(
  target: DeploymentTarget,
  { seen, answer }: { readonly seen: ServiceHealth; readonly answer?: ServiceHealth | Unanswered },
  at: string,
): DeploymentTarget {
  const said = seen.healthy && answer !== undefined ? answer : seen;
  const { unseen, ...rest } = target;
  if ('unanswered' in said) {
    return { ...rest, unseen: { since: unseen?.since ?? at, at, why: said.unanswered } };
  }
  const { healthy, detail } = said;
  return { ...rest, looks: [...target.looks, { at, healthy, detail }] };
}

/** When whoever did not answer is asked again; RFC 3339. */
export function askedAgainAt({ at }: Unseen): string {
  return later(at, ASKED_AGAIN_MS);
}

/** When nobody is waited for any longer; RFC 3339. */
export function givenUpAt({ since }: Unseen): string {
  return later(since, GIVEN_UP_MS);
}

/** Nobody has answered for too long, to the last time that was asked. */
export function isGivenUp(unseen: Unseen): boolean {
  return unseen.at >= givenUpAt(unseen);
}

function later(at: string, ms: number): string {
  return new Date(Date.parse(at) + ms).toISOString();
}
