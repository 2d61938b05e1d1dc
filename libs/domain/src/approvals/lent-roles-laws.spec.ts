import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aDelegation, anApproval, aRule, someApprovalFacts } from '../testing/approvals.js';
import type { ApprovalFacts } from './count-approvals.js';
import { judgeGates } from './judge-gates.js';

const NAMES = ['ann', 'bob', 'cy', 'dan'] as const;
const ROLES = ['sre', 'product-owner', 'security'] as const;

const someFacts: fc.Arbitrary<ApprovalFacts> = fc
  .record({
    roles: fc.tuple(...NAMES.map(() => fc.subarray([...ROLES]))),
    approving: fc.subarray([...NAMES]),
    authors: fc.subarray([...NAMES], { maxLength: 1 }),
    lending: fc.array(
      fc.record({
        giver: fc.constantFrom(...NAMES),
        to: fc.constantFrom(...NAMES),
        roles: fc.subarray([...ROLES], { minLength: 1 }),
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ roles, approving, authors, lending }) =>
    someApprovalFacts({
      people: NAMES.map((name, index) => ({ name, roles: roles[index] ?? [] })),
      approvals: approving.map((name) => anApproval(name)),
      authors: new Map(authors.map((name) => [name, 'made the release'])),
      delegations: lending
        .filter(({ giver, to }) => giver !== to)
        .map((change, index) =>
          aDelegation({ ...change, givenAt: `2026-03-01T18:00:0${index}.000Z` }),
        ),
    }),
  );

const someRules = fc
  .array(fc.constantFrom(...ROLES), { minLength: 1, maxLength: 3 })
  .map((requiredRoles) => [aRule({ requiredRoles })]);

interface Word {
  readonly by: string;
  /** In whose name: one's own, or that of somebody who lent the role. */
  readonly inTheNameOf: string;
  readonly role: string;
}

/** Every word that somebody who approved may speak: by what the person has, or was lent. */
function words({ people, approvals, authors, delegations }: ApprovalFacts): readonly Word[] {
  const rolesOf = (name: string) => people.find((one) => one.name === name)?.roles ?? [];
  const speakers = approvals.map(({ by }) => by).filter((by) => !authors.has(by));
  return speakers.flatMap((by) => {
    const own = rolesOf(by).map((role) => ({ by, inTheNameOf: by, role }));
    const lent = delegations
      .filter(({ giver, to }) => to === by && !authors.has(giver))
      .flatMap(({ giver, roles }) =>
        roles
          .filter((role) => rolesOf(giver).includes(role))
          .map((role) => ({ by, inTheNameOf: giver, role })),
      );
    return [...own, ...lent];
  });
}

/** Whether each role gets a word, nobody speaking twice and nobody being spoken for twice. */
function canSpeak(roles: readonly string[], all: readonly Word[]): boolean {
  const [role, ...others] = roles;
  if (role === undefined) return true;
  return all.some(
    (word) =>
      word.role === role &&
      canSpeak(
        others,
        all.filter(({ by, inTheNameOf }) => by !== word.by && inTheNameOf !== word.inTheNameOf),
      ),
  );
}

describe('lent roles', () => {
  it('never meet a gate that nobody could meet who speaks once and is spoken for once', () => {
    fc.assert(
      fc.property(someRules, someFacts, (rules, facts) => {
        const [{ requiredRoles } = { requiredRoles: [] }] = rules;
        if (judgeGates(rules, facts, () => false).satisfied) {
          expect(canSpeak(requiredRoles, words(facts))).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('meet every such gate where each lends to one person, and nobody who is lent to lends', () => {
    fc.assert(
      fc.property(someRules, someFacts, (rules, facts) => {
        const givers = facts.delegations.map(({ giver }) => giver);
        fc.pre(new Set(givers).size === givers.length);
        fc.pre(facts.delegations.every(({ to }) => !givers.includes(to)));
        const [{ requiredRoles } = { requiredRoles: [] }] = rules;
        expect(judgeGates(rules, facts, () => false).satisfied).toBe(
          canSpeak(requiredRoles, words(facts)),
        );
      }),
      { numRuns: 2000 },
    );
  });
});
