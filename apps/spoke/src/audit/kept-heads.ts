import { AuditHead } from '@apollo-deploy/protocol';
import { Type, type Static } from 'typebox';

const { properties: told } = AuditHead;
export const KeptHead = Type.Object({
  ...{ number: told.number, hash: told.hash, at: told.at },
  /** When the spoke was told, by its own clock. */
  keptAt: Type.String(),
});
export type KeptHead = Static<typeof KeptHead>;

/** Two heads that no one trail can have had, in this order. */
export const Contradiction = Type.Object({ kept: KeptHead, told: KeptHead });
export type Contradiction = Static<typeof Contradiction>;

/** What a spoke has been told of how far the audit trail of its hub reached. */
export interface KeptHeads {
  readonly newest: KeptHead;
  /** The last one of each day, by the clock of this spoke, under such as `2026-11-22`; 31 of them at most. */
  readonly days: Readonly<Record<string, KeptHead>>;
  /** Once it is there nothing is kept any more, so that what it contradicts stays. */
  readonly contradiction?: Contradiction;
}

const MOST_DAYS = 31;

/** What is kept once this was told at this instant; the same object where that changes nothing. */
export function keepHead(kept: KeptHeads | null, told: AuditHead, now: Date): KeptHeads | null {
  const { number, hash, at } = told;
  const head = { number, hash, at, keptAt: now.toISOString() };
  if (kept === null) return number === 0 ? null : withNewest(head, {});
  if (kept.contradiction !== undefined) return kept;
  const { newest } = kept;
  const other = contradictionIn(newest, told);
  if (other !== null) {
    return { ...kept, contradiction: { kept: newest, told: { ...head, ...other } } };
  }
  return number === newest.number ? kept : withNewest(head, kept.days);
}

type Place = Pick<AuditHead, 'number' | 'hash'>;

/** What no one trail can hold that reached to `earlier` first; null: one trail can have had both. */
export function contradictionIn(earlier: Place, { before, ...later }: AuditHead): Place | null {
  const places = [...(before === undefined ? [] : [before]), later];
  const found = places.find(
    ({ number, hash }) => number === earlier.number && hash !== earlier.hash,
  );
  const isLess = later.number < earlier.number;
  const place = found ?? (isLess ? later : undefined);
  return place === undefined ? null : { number: place.number, hash: place.hash };
}

function withNewest(newest: KeptHead, before: KeptHeads['days']): KeptHeads {
  const days = { ...before, [newest.keptAt.slice(0, 10)]: newest };
  const last = Object.entries(days).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return { newest, days: Object.fromEntries(last.slice(-MOST_DAYS)) };
}
