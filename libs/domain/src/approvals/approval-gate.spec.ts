import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ApprovalGate } from './approval-gate.js';
import type { Approver } from './seat-matching.js';

const ANN: Approver = { name: 'ann', roles: ['sre', 'product-owner'] };
const BOB: Approver = { name: 'bob', roles: ['sre'] };
const CY: Approver = { name: 'cy', roles: ['product-owner'] };
const DAN: Approver = { name: 'dan', roles: [] };

const BOTH = new ApprovalGate({ requiredApprovers: 2, requiredRoles: ['sre', 'product-owner'] });

describe('a gate for an sre and a product owner', () => {
  it.each([
    { name: 'Ann, who is both, and Bob, who is an sre', people: [ANN, BOB] },
    { name: 'Bob and Ann, in this order', people: [BOB, ANN] },
    { name: 'Ann and Cy, who is a product owner', people: [ANN, CY] },
    { name: 'Bob and Cy', people: [BOB, CY] },
    { name: 'Dan, who is neither, besides Cy and Ann', people: [DAN, CY, ANN] },
  ])('is met by $name', ({ people }) => {
    expect(BOTH.evaluate(people)).toMatchObject({ satisfied: true, missing: [], wantedRoles: [] });
  });

  it('has Ann count as product owner beside Bob', () => {
    expect(BOTH.evaluate([ANN, BOB]).seats).toEqual([
      { role: 'sre', by: 'bob' },
      { role: 'product-owner', by: 'ann' },
    ]);
  });

  it.each([
    { name: 'nobody', people: [], missing: ['sre', 'product-owner'], more: 2 },
    { name: 'Ann alone, who is both', people: [ANN], missing: ['product-owner'], more: 1 },
    { name: 'Ann twice', people: [ANN, ANN], missing: ['product-owner'], more: 1 },
    { name: 'Bob and Dan', people: [BOB, DAN], missing: ['product-owner'], more: 1 },
    { name: 'Cy and Dan', people: [CY, DAN], missing: ['sre'], more: 1 },
  ])('is not met by $name', ({ people, missing, more }) => {
    expect(BOTH.evaluate(people)).toMatchObject({
      satisfied: false,
      missing,
      missingApprovers: more,
    });
  });

  it('says that after Ann, who is both, either role will do', () => {
    expect(BOTH.evaluate([ANN]).wantedRoles).toEqual(['sre', 'product-owner']);
    expect(BOTH.evaluate([BOB]).wantedRoles).toEqual(['product-owner']);
  });
});

describe('a gate', () => {
  it.each([
    {
      name: 'two of security, of whom one has agreed',
      gate: { requiredRoles: ['security', 'security'] },
      people: [{ name: 'eve', roles: ['security'] }, BOB],
      expected: { satisfied: false, missing: ['security'], missingApprovers: 1 },
    },
    {
      name: 'an sre and somebody else, with just the sre',
      gate: { requiredRoles: ['sre'], requiredApprovers: 2 },
      people: [BOB],
      expected: { satisfied: false, missing: [], missingApprovers: 1, wantsAnybody: true },
    },
    {
      name: 'an sre and somebody else, with Dan, whom anybody may be',
      gate: { requiredRoles: ['sre'], requiredApprovers: 2 },
      people: [DAN, BOB],
      expected: { satisfied: true, missing: [], missingApprovers: 0 },
    },
    {
      name: 'an sre and somebody else, with two who are none',
      gate: { requiredRoles: ['sre'], requiredApprovers: 2 },
      people: [DAN, CY],
      expected: { satisfied: false, missing: ['sre'], missingApprovers: 1, wantsAnybody: false },
    },
    {
      name: 'more roles than people are asked for: every role still wants its own',
      gate: { requiredRoles: ['sre', 'product-owner'], requiredApprovers: 1 },
      people: [ANN],
      expected: { satisfied: false, missing: ['product-owner'] },
    },
    {
      name: 'no roles and nobody: still one person',
      gate: { requiredRoles: [], requiredApprovers: 0 },
      people: [],
      expected: { satisfied: false, missing: [], missingApprovers: 1, wantsAnybody: true },
    },
  ])('asks for $name', ({ gate, people, expected }) => {
    expect(new ApprovalGate(gate).evaluate(people)).toMatchObject(expected);
  });

  it('lets those who stand in take a seat of a role, and still wants different people', () => {
    const director = { name: 'dee', roles: ['director'] };
    expect(BOTH.evaluate([director], ['director']).missing).toEqual(['product-owner']);
    expect(BOTH.evaluate([director, CY], ['director']).satisfied).toBe(true);
    expect(BOTH.evaluate([director, CY]).satisfied).toBe(false);
  });

  it('says when an approval lapses', () => {
    const gate = new ApprovalGate({ requiredRoles: ['sre'], ttlHours: 1.5 });
    expect(gate.lapsesAt('2026-03-02T12:00:00.000Z')).toBe('2026-03-02T13:30:00.000Z');
    expect(BOTH.lapsesAt('2026-03-02T12:00:00.000Z')).toBeUndefined();
  });
});

/** Whether every role has a person of its own, by trying all; the law, not the way to find it. */
function canFill(roles: readonly string[], people: readonly Approver[]): boolean {
  const [role, ...others] = roles;
  if (role === undefined) return true;
  return people.some(
    (person) =>
      person.roles.includes(role) &&
      canFill(
        others,
        people.filter((other) => other !== person),
      ),
  );
}

describe('any gate', () => {
  const someRole = fc.constantFrom('sre', 'product-owner', 'security');
  const someDemand = fc.record({
    requiredRoles: fc.array(someRole, { maxLength: 5 }),
    requiredApprovers: fc.integer({ min: 1, max: 6 }),
  });
  const somePeople = fc
    .array(fc.uniqueArray(someRole), { maxLength: 6 })
    .map((all) => all.map((roles, index) => ({ name: `person-${index}`, roles })));

  it('is met just when enough different people agree and every role has one of its own', () => {
    fc.assert(
      fc.property(someDemand, somePeople, (demand, people) => {
        const isEnough = people.length >= demand.requiredApprovers;
        const { satisfied, missingApprovers } = new ApprovalGate(demand).evaluate(people);
        expect(satisfied).toBe(isEnough && canFill(demand.requiredRoles, people));
        expect(missingApprovers === 0).toBe(satisfied);
      }),
      { numRuns: 1000 },
    );
  });

  it('never shuts because one more person agrees', () => {
    fc.assert(
      fc.property(someDemand, somePeople, fc.uniqueArray(someRole), (demand, people, roles) => {
        const gate = new ApprovalGate(demand);
        const more = [...people, { name: 'newcomer', roles }];
        if (gate.evaluate(people).satisfied) expect(gate.evaluate(more).satisfied).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
