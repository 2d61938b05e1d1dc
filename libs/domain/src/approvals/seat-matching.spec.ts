import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Approver, fillSeats, type Seat } from './seat-matching.js';

const ROLES = ['sre', 'product-owner', 'security', 'ops'];

const someSeat: fc.Arbitrary<Seat> = fc.record({ roles: fc.subarray(ROLES, { maxLength: 2 }) });
const someSeats = fc.array(someSeat, { maxLength: 5 });
const somePeople: fc.Arbitrary<readonly Approver[]> = fc
  .array(fc.subarray(ROLES), { maxLength: 6 })
  .map((all) => all.map((roles, index) => ({ name: `person-${index}`, roles })));

/** The most seats that can be filled, by trying everybody in every seat. */
function mostFilled(seats: readonly Seat[], people: readonly Approver[]): number {
  const [seat, ...others] = seats;
  if (seat === undefined) return 0;
  const without = mostFilled(others, people);
  const withOne = people
    .filter(
      ({ roles }) => seat.roles.length === 0 || seat.roles.some((role) => roles.includes(role)),
    )
    .map(
      (taken) =>
        1 +
        mostFilled(
          others,
          people.filter((person) => person !== taken),
        ),
    );
  return Math.max(without, ...withOne);
}

function filledOf(seats: readonly Seat[], people: readonly Approver[]): number {
  return fillSeats(seats, people).filledBy.filter((by) => by !== undefined).length;
}

describe('the seats of a gate', () => {
  it('are filled as far as exhaustive search fills them, up to 6 people and 5 seats', () => {
    fc.assert(
      fc.property(someSeats, somePeople, (seats, people) => {
        expect(filledOf(seats, people)).toBe(mostFilled(seats, people));
      }),
      { numRuns: 1000 },
    );
  });

  it('are filled by different people who fit', () => {
    fc.assert(
      fc.property(someSeats, somePeople, (seats, people) => {
        const { filledBy } = fillSeats(seats, people);
        const names = filledBy.filter((by) => by !== undefined);
        expect(new Set(names).size).toBe(names.length);
        for (const [index, by] of filledBy.entries()) {
          const [roles = [], held = []] = [
            seats[index]?.roles,
            people.find(({ name }) => name === by)?.roles,
          ];
          if (by !== undefined && roles.length > 0) {
            expect(roles.some((role) => held.includes(role))).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are filled alike in whatever order people come', () => {
    const shuffled = somePeople.chain((people) =>
      fc.tuple(
        fc.constant(people),
        fc.shuffledSubarray([...people], { minLength: people.length, maxLength: people.length }),
      ),
    );
    fc.assert(
      fc.property(someSeats, shuffled, (seats, [people, others]) => {
        expect(fillSeats(seats, others)).toEqual(fillSeats(seats, people));
      }),
      { numRuns: 300 },
    );
  });

  it('want just those newcomers who would bring it further', () => {
    fc.assert(
      fc.property(someSeats, somePeople, fc.constantFrom(...ROLES), (seats, people, role) => {
        const { wanting } = fillSeats(seats, people);
        const newcomer = { name: 'newcomer', roles: [role] };
        const wanted = wanting.some((index) => {
          const roles = seats[index]?.roles ?? [];
          return roles.length === 0 || roles.includes(role);
        });
        const more = filledOf(seats, [...people, newcomer]) - filledOf(seats, people);
        expect(wanted).toBe(more === 1);
      }),
      { numRuns: 1000 },
    );
  });

  it('count a name once, however often it comes', () => {
    const ann = { name: 'ann', roles: ['sre'] };
    expect(fillSeats([{ roles: ['sre'] }, { roles: [] }], [ann, ann]).filledBy).toEqual([
      'ann',
      undefined,
    ]);
  });
});
