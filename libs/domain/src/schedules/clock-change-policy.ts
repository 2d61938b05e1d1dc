import type { WallReading } from './wall-reading.js';

/** Starts from `from` to `to`, both included: one if they are equal. Milliseconds since the epoch. */
export interface StartRange {
  readonly from: number;
  readonly to: number;
}

/** Which real instants a start on the wall clock stands for when the clock changes. */
export type ClockChangePolicy = (reading: WallReading) => readonly StartRange[];

const exactly = (at: number): StartRange => ({ from: at, to: at });

/** Each named hour happens once: at its first occurrence, or at the first valid instant after a gap. */
const onceADay: ClockChangePolicy = (reading) => {
  switch (reading.kind) {
    case 'once':
      return [exactly(reading.at)];
    case 'twice':
      return [exactly(reading.first)];
    case 'skipped':
      return [exactly(reading.resumesAt)];
  }
};

/** Every instant whose wall clock matches: none in a gap, both in a repeated hour. */
const everyMatch: ClockChangePolicy = (reading) => {
  switch (reading.kind) {
    case 'once':
      return [exactly(reading.at)];
    case 'twice':
      return [exactly(reading.first), exactly(reading.second)];
    case 'skipped':
      return [];
  }
};

/** Allowing shrinks to what is certain. */
export function allowPolicy({ everyHour }: { readonly everyHour: boolean }): ClockChangePolicy {
  return everyHour ? everyMatch : onceADay;
}

/** Forbidding grows over every reading, and over the time between two readings. */
export const forbidPolicy: ClockChangePolicy = (reading) => {
  switch (reading.kind) {
    case 'once':
      return [exactly(reading.at)];
    case 'twice':
      return [{ from: reading.first, to: reading.second }];
    case 'skipped':
      return [{ from: reading.byOffsetAfter, to: reading.byOffsetBefore }];
  }
};
