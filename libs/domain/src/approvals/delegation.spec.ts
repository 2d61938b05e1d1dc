import { describe, expect, it } from '@jest/globals';
import { aDelegation, anApproval, aRule, NOON, someApprovalFacts } from '../testing/approvals.js';
import { countApprovals } from './count-approvals.js';
import { checkDelegation } from './delegation.js';
import type { Delegation } from './delegation.js';

const BOB = { name: 'bob', roles: ['sre'] };

/** The roles that count for Dan, who approved, where Bob lends him something. */
function rolesOfDan(
  delegations: readonly Delegation[],
  change: Parameters<typeof someApprovalFacts>[0] = {},
): readonly string[] {
  const approvals = [anApproval('dan')];
  const facts = someApprovalFacts({ approvals, delegations, ...change });
  const { approvers } = countApprovals(aRule(), facts);
  return approvers.find(({ name }) => name === 'dan')?.roles ?? [];
}

describe('a delegation', () => {
  it.each([
    { name: 'in force', change: {}, roles: ['sre'] },
    { name: 'that begins now', change: { from: NOON }, roles: ['sre'] },
    { name: 'that begins later', change: { from: '2026-03-02T12:00:00.001Z' }, roles: [] },
    { name: 'that ends now', change: { until: NOON }, roles: [] },
    { name: 'that ends later', change: { until: '2026-03-02T12:00:00.001Z' }, roles: ['sre'] },
    { name: 'for this product', change: { scope: { products: ['aria'] } }, roles: ['sre'] },
    { name: 'for another product', change: { scope: { products: ['billing'] } }, roles: [] },
    { name: 'for staging', change: { scope: { tier: 'staging' as const } }, roles: [] },
    { name: 'to somebody else', change: { to: 'cy' }, roles: [] },
  ])('$name lends accordingly', ({ change, roles }) => {
    expect(rolesOfDan([aDelegation(change)])).toEqual(roles);
  });

  it('lends nothing that its giver does not have now', () => {
    const people = [
      { name: 'bob', roles: ['product-owner'] },
      { name: 'dan', roles: [] },
    ];
    expect(rolesOfDan([aDelegation({ roles: ['sre', 'product-owner'] })], { people })).toEqual([
      'product-owner',
    ]);
  });

  it('lends nothing by somebody who has left', () => {
    expect(rolesOfDan([aDelegation()], { people: [{ name: 'dan', roles: [] }] })).toEqual([]);
  });

  it('is not lent on', () => {
    const onward = [
      aDelegation({ to: 'cy' }),
      aDelegation({ giver: 'cy', to: 'dan', roles: ['sre'] }),
    ];
    expect(rolesOfDan(onward)).toEqual([]);
  });

  it('speaks for its giver once: not beside the giver', () => {
    const approvals = [anApproval('dan'), anApproval('bob')];
    expect(rolesOfDan([aDelegation()], { approvals })).toEqual([]);
  });

  it('goes to the person named last, and to nobody besides', () => {
    const later = aDelegation({ to: 'cy', givenAt: '2026-03-01T19:00:00.000Z' });
    expect(rolesOfDan([aDelegation(), later])).toEqual([]);
    expect(rolesOfDan([later, aDelegation()])).toEqual([]);
  });

  it('may come from several people', () => {
    const both = [aDelegation(), aDelegation({ giver: 'cy', roles: ['product-owner'] })];
    expect(rolesOfDan(both)).toEqual(['sre', 'product-owner']);
  });

  it.each([
    {
      name: 'roles that the giver does not have',
      change: { roles: ['sre', 'vp-engineering'] },
      expected: {
        code: 'approval/delegation_too_wide',
        field: 'roles',
        detail:
          'bob does not have vp-engineering and cannot lend it; roles that somebody lent are not lent on. Lend only sre',
        data: { roles: ['vp-engineering'] },
      },
    },
    {
      name: 'roles to the giver',
      change: { to: 'bob' },
      expected: {
        code: 'catalog/invalid_field',
        field: 'to',
        detail: 'bob has these roles already; name the person who is to stand in',
      },
    },
    {
      name: 'roles for no time',
      change: { until: '2026-03-02T00:00:00.000Z' },
      expected: {
        code: 'catalog/invalid_field',
        field: 'until',
        detail: 'until is not after from; a delegation ends, so give a later instant',
      },
    },
  ])('does not lend $name', ({ change, expected }) => {
    expect(checkDelegation(aDelegation(change), BOB)).toEqual({ ok: false, error: expected });
  });

  it('is taken as it is given, where it is the giver’s to give', () => {
    expect(checkDelegation(aDelegation(), BOB)).toEqual({ ok: true, value: aDelegation() });
  });
});
