import { isDeepStrictEqual } from 'node:util';
import type { EntitySnapshot, PlanSnapshot } from './snapshot.js';

/** What the known differences depend on. */
export interface Surroundings {
  /** People start the plans of its environment. */
  readonly manual: boolean;
  /** A plan for something it needs, or that needs it, is under way. */
  readonly neighbourUnderWay: boolean;
}

/**
 * Whether what the engine held of an entity is another than evaluating everything afresh gives, and
 * so some event marked too few. Four differences are known, and none lets a plan go or keeps one back:
 *
 * - *a neighbour under way*: until its plan ends, one that stays BLOCKED may show other `depend…` codes and
 *   another target. A dispatch marks the neighbours of what changes its version, so this forgives too much;
 * - *a limit beside other reasons*: a freed slot is passed to who waits for nothing else, so others
 *   may still show `concurrency`;
 * - *a window under a suppression*: one that shuts or opens while a suppression holds the plan is shown
 *   when that ends, or with the next look;
 * - *a slot where people start plans*: in a manual environment whoever only lacks a slot may be shown
 *   as BLOCKED by it or as PENDING; its dispatch asks again.
 */
export function isStale(
  held: EntitySnapshot,
  fresh: EntitySnapshot,
  surroundings: Surroundings,
): boolean {
  const waits = [held, fresh].every(({ plan }) => plan?.state === 'BLOCKED');
  const needs = [held, fresh].some(({ plan }) => plan?.codes.some(isOfNeighbours) === true);
  const older = surroundings.neighbourUnderWay && waits && needs;
  const shown = (of: EntitySnapshot): EntitySnapshot => ({
    ...of,
    ...(older && { target: undefined }),
    plan: of.plan && withoutKnown(of.plan, surroundings.manual, older),
  });
  return !isDeepStrictEqual(shown(held), shown(fresh));
}

function withoutKnown(plan: PlanSnapshot, manual: boolean, older: boolean): PlanSnapshot {
  if (plan.state === 'EXECUTING' || plan.state === 'UNKNOWN') return { ...plan, codes: [] };
  const suppressed = plan.codes.includes('suppression_window');
  const others = plan.codes.filter(
    (code) => code !== 'concurrency' && !(suppressed && code === 'maintenance_window'),
  );
  if (others.length === 0 && !older) {
    return manual ? { ...plan, state: 'PENDING', codes: [] } : plan;
  }
  if (!older) return { ...plan, codes: others };
  return { ...plan, to: undefined, codes: others.filter((code) => !isOfNeighbours(code)) };
}

function isOfNeighbours(code: string): boolean {
  return code.startsWith('depend');
}
