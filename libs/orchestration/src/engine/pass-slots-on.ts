import type { PlaceInLine } from '../ports/plan-slots.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { FreeSlots, isNobody } from './free-slots.js';
import { learnSlots, slotsAround } from './learn-slots.js';
import type { LoadedFacts } from './load-facts.js';
import type { EvaluationOutcome, Turn } from './open-plan.js';

/** How many plans of a line are read at a time, besides those that were looked at already. */
const LOOK_AHEAD = 20;

type Candidate = Pick<PlaceInLine, 'entity' | 'environment' | 'product' | 'spoke'> &
  Turn & { readonly evaluated: boolean };

/**
 * Gives the slots that are free around the entities just evaluated to who has waited longest: to
 * those of them that are about to go, and to those who stand in line, which are marked. Whoever also
 * needs another slot, which is not free, is passed over. Answers the outcomes; who got no slot does
 * not go now and is marked, to join the line.
 *
 * Nobody is forgotten: a plan that ends marks its entity, which is evaluated after the commit. Who was
 * marked here and does not go passes the slot on by its own evaluation. Who has just joined a line is
 * marked once more, as a slot may have become free before others could see it there.
 */
export async function passSlotsOn(
  unit: UnitOfWork,
  evaluated: readonly LoadedFacts[],
  outcomes: readonly EvaluationOutcome[],
): Promise<readonly EvaluationOutcome[]> {
  const free = slotsAround(evaluated);
  const seen = new Set(evaluated.map(({ entityFacts }) => entityFacts.entity.name));
  const { going, next } = await giveAway(unit, free, seen, aboutToGo(evaluated, outcomes));
  const joined = outcomes.flatMap((one) => (one.joinedLine === true ? [one.entity] : []));
  const marked = new Set([...joined, ...next]);
  const answered = outcomes.map((one) => {
    if (!one.dispatchable || going.has(one.entity)) return one;
    marked.add(one.entity);
    return { ...one, dispatchable: false };
  });
  if (marked.size > 0) await unit.dirty.mark([...marked]);
  return answered;
}

/** Offers what is free of the slots that a plan needs, and does not take, to those in line. */
export async function markNextInLine(
  unit: UnitOfWork,
  { entity, environment, product, spoke }: Omit<PlaceInLine, 'since'>,
): Promise<void> {
  const free = new FreeSlots();
  await learnSlots(unit, free, [{ environment, product, spoke }]);
  const { next } = await giveAway(unit, free, new Set([entity]), []);
  if (next.length > 0) await unit.dirty.mark(next);
}

/** Who gets what is free: of those that were evaluated just now, and of those in line. */
async function giveAway(
  unit: UnitOfWork,
  free: FreeSlots,
  evaluated: ReadonlySet<string>,
  aboutToGo: readonly Candidate[],
): Promise<{ readonly going: ReadonlySet<string>; readonly next: readonly string[] }> {
  const seen = new Set(evaluated);
  const going = new Set<string>();
  const next: string[] = [];
  let waiting = aboutToGo;
  for (;;) {
    const line = await nextInLine(unit, free, seen);
    waiting = [...waiting, ...line].sort(byTurn);
    for (const candidate of waiting) {
      seen.add(candidate.entity);
      if (!free.take(candidate)) continue;
      if (candidate.evaluated) going.add(candidate.entity);
      else next.push(candidate.entity);
    }
    if (line.length === 0) return { going, next };
    waiting = [];
  }
}

function aboutToGo(
  evaluated: readonly LoadedFacts[],
  outcomes: readonly EvaluationOutcome[],
): readonly Candidate[] {
  const turns = new Map(outcomes.map(({ entity, turn }) => [entity, turn]));
  return evaluated.flatMap(({ entityFacts: { entity } }) => {
    const turn = turns.get(entity.name);
    const { name, environment, product, spoke } = entity;
    return turn === undefined
      ? []
      : [{ entity: name, environment, product, spoke, ...turn, evaluated: true }];
  });
}

/** Who comes next for what is left, with what they need besides looked up. */
async function nextInLine(
  unit: UnitOfWork,
  free: FreeSlots,
  seen: ReadonlySet<string>,
): Promise<readonly Candidate[]> {
  const left = free.left();
  if (isNobody(left)) return [];
  const line = await unit.plans.line(left, free.full(), LOOK_AHEAD + seen.size);
  const next = line.filter(({ entity }) => !seen.has(entity));
  await learnSlots(unit, free, next);
  return next.map((place) => ({ ...place, stoodInLine: true, evaluated: false }));
}

function byTurn(one: Candidate, other: Candidate): number {
  const between = Date.parse(one.since) - Date.parse(other.since);
  return between || Number(other.stoodInLine) - Number(one.stoodInLine);
}
