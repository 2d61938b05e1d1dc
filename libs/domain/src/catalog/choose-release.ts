import type { Violation } from '../constraints/violation.js';
import { type Allowed, type Candidates, isNewer } from './candidates.js';
import { type Recall, recallOf, tellRecall } from './recall.js';
import type { Release } from './release.js';

/** A release that was newer than the target and was not chosen. */
export interface PassedOver {
  readonly version: string;
  readonly violations: readonly Violation[];
}

/** A release as what an entity should run. */
export interface ReleaseTarget {
  readonly kind: 'release';
  readonly release: Release;
  readonly reason: string;
  readonly passedOver: readonly PassedOver[];
  /** The recall of what runs, where this takes the entity off it. */
  readonly leaves?: Recall;
}

/** What an entity should run: a release, nothing, or no answer with the reason. */
export type TargetSelection =
  | ReleaseTarget
  | { readonly kind: 'absent'; readonly reason: string }
  | { readonly kind: 'none'; readonly reason: string };

/** Releases to try in order, among all that their source allows. */
export interface Choice extends Allowed {
  readonly pool: readonly Release[];
}

/** The first of the pool that nothing speaks against, else the first; `undefined` for an empty one. */
export function chooseFrom(
  { pool, releases, source }: Choice,
  candidates: Candidates,
): ReleaseTarget | undefined {
  const objected = new Map<string, readonly Violation[]>();
  const free = pool.find((candidate) => {
    const violations = candidates.objections(candidate);
    objected.set(candidate.version, violations);
    return violations.length === 0;
  });
  const release = free ?? pool[0];
  if (release === undefined) return undefined;
  const passedOver = releases
    .filter(({ version }) => isNewer(version, release.version))
    .flatMap(({ version }) => {
      const violations = objected.get(version) ?? recallViolations(version, candidates);
      return violations.length === 0 ? [] : [{ version, violations }];
    });
  return { kind: 'release', release, reason: whyChosen(release, source, passedOver), passedOver };
}

export function notRecalled(
  releases: readonly Release[],
  recalls: readonly Recall[],
): readonly Release[] {
  return releases.filter(({ version }) => recallOf(recalls, version) === undefined);
}

function recallViolations(version: string, { recalls = [] }: Candidates): readonly Violation[] {
  const recall = recallOf(recalls, version);
  if (recall === undefined) return [];
  const message = `${version} is ${tellRecall(recall)}`;
  return [{ code: 'recall', message, data: { recall: recall.id, version } }];
}

function whyChosen(
  { version }: Release,
  source: string,
  passedOver: readonly PassedOver[],
): string {
  if (source === `version ${version}`) return `it is pinned to ${version}`;
  const over = passedOver.map((one) => one.version).join(', ');
  return over === ''
    ? `${version} is the newest of ${source}`
    : `${version} is the newest of ${source} that is possible now; passed over: ${over}`;
}
