/** A place that one person fills: somebody with one of these roles, or anybody where there is none. */
export interface Seat {
  readonly roles: readonly string[];
}

/** A person who may take a seat, with the roles that count. */
export interface Approver {
  readonly name: string;
  readonly roles: readonly string[];
}

/** Who sits where. */
export interface Seating {
  /** By the index of the seat; `undefined` where it stays empty. */
  readonly filledBy: readonly (string | undefined)[];
  /** Indexes of seats of which one more could be filled by another person who fits, empty or not. */
  readonly wanting: readonly number[];
}

/**
 * Fills as many seats as can be filled at all, each by a different person (maximum bipartite matching by
 * augmenting paths). Which seats stay empty follows from their order, never from the order of the people:
 * a seat further ahead is filled before one behind it. Every name counts once. Time: seats × people ×
 * seats.
 */
export function fillSeats(seats: readonly Seat[], people: readonly Approver[]): Seating {
  const byName = new Map(people.map((person) => [person.name, person]));
  const sorted = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const seatOf = new Map<string, number>();
  for (const index of seats.keys()) place(index, { seats, people: sorted, seatOf }, new Set());
  const filledBy: (string | undefined)[] = seats.map(() => undefined);
  for (const [name, index] of seatOf) filledBy[index] = name;
  return { filledBy, wanting: wanting(seats, sorted, { seatOf, filledBy }) };
}

interface Search {
  readonly seats: readonly Seat[];
  readonly people: readonly Approver[];
  readonly seatOf: Map<string, number>;
}

/** Finds somebody for a seat, moving others to seats that they can take as well. */
function place(index: number, search: Search, asked: Set<string>): boolean {
  const { seats, people, seatOf } = search;
  for (const person of people) {
    if (asked.has(person.name) || !fits(person, seats[index])) continue;
    asked.add(person.name);
    const sitsAt = seatOf.get(person.name);
    if (sitsAt === undefined || place(sitsAt, search, asked)) {
      seatOf.set(person.name, index);
      return true;
    }
  }
  return false;
}

/** Empty seats, and those whose people could move to one: the seats a newcomer would help by taking. */
function wanting(
  seats: readonly Seat[],
  people: readonly Approver[],
  { seatOf, filledBy }: Pick<Search, 'seatOf'> & Pick<Seating, 'filledBy'>,
): readonly number[] {
  const found = [...seats.keys()].filter((index) => filledBy[index] === undefined);
  const seen = new Set(found);
  for (const index of found) {
    for (const person of people) {
      const sitsAt = seatOf.get(person.name);
      if (sitsAt === undefined || seen.has(sitsAt) || !fits(person, seats[index])) continue;
      seen.add(sitsAt);
      found.push(sitsAt);
    }
  }
  return found.sort((a, b) => a - b);
}

/** Whether a person may take a seat; nobody takes one that is not there. */
export function fits({ roles }: Approver, seat: Seat | undefined): boolean {
  if (seat === undefined) return false;
  return seat.roles.length === 0 || seat.roles.some((role) => roles.includes(role));
}
