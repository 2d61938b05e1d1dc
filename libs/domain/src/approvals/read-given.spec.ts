import { describe, expect, it } from '@jest/globals';
import { parseApprovalSubject, parseImaginedApproval, parsePerson } from './read-given.js';

const PLAN = {
  environment: 'prod',
  tier: 'production',
  type: 'upgrade',
  criticality: 'high',
  product: 'aria',
};

describe('what somebody asks about approvals', () => {
  it('is about an ordinary, rolling plan that nothing covers, unless it says more', () => {
    const { type, ...rest } = PLAN;
    const value = { ...rest, planType: type, covered: false };
    expect(parseApprovalSubject(PLAN)).toEqual({
      ok: true,
      value: { ...value, strategy: 'rolling', planClass: 'ordinary' },
    });
    expect(parseApprovalSubject({ ...PLAN, strategy: 'canary', planClass: 'roll_off' })).toEqual({
      ok: true,
      value: { ...value, strategy: 'canary', planClass: 'roll_off' },
    });
  });

  it.each(Object.keys(PLAN))('says the %s of the plan', (field) => {
    const fields = Object.entries(PLAN).filter(([key]) => key !== field);
    expect(parseApprovalSubject(Object.fromEntries(fields))).toEqual({
      ok: false,
      error: { field, detail: `${field} is missing; say of which plan you ask` },
    });
  });

  it('does not say that a plan is covered, for that is looked up', () => {
    expect(parseApprovalSubject({ ...PLAN, covered: true })).toMatchObject({
      error: { field: 'covered' },
    });
  });

  it('knows people by any name, and approvals with an instant in UTC', () => {
    expect(parsePerson({ name: 'ops@team.com', roles: [] })).toEqual({
      ok: true,
      value: { name: 'ops@team.com', roles: [] },
    });
    expect(parseImaginedApproval({ by: 'ann', at: '2026-03-02T13:00:00+01:00' })).toEqual({
      ok: true,
      value: { name: 'ann', roles: [], at: '2026-03-02T12:00:00.000Z' },
    });
  });

  it.each([
    { name: 'a person without a name', answer: parsePerson({ roles: [] }), field: 'name' },
    { name: 'a person of unknown roles', answer: parsePerson({ name: 'ann' }), field: 'roles' },
    {
      name: 'a role that is no name',
      answer: parsePerson({ name: 'ann', roles: [''] }),
      field: 'roles',
    },
    { name: 'an approval by nobody', answer: parseImaginedApproval({ by: '' }), field: 'by' },
    {
      name: 'an approval at no instant',
      answer: parseImaginedApproval({ by: 'ann', at: 'noon' }),
      field: 'at',
    },
    {
      name: 'an approval with a field nobody knows',
      answer: parseImaginedApproval({ by: 'ann', role: 'sre' }),
      field: 'role',
    },
  ])('is refused with $name', ({ answer, field }) => {
    expect(answer).toMatchObject({ ok: false, error: { field } });
  });
});
