import { describe, expect, it } from '@jest/globals';
import { parseApprovalRule, parseRuleDemand } from './approval-rule.js';

const RULE = { name: 'production', requiredRoles: ['sre'] };

describe('an approval rule', () => {
  it('is of the lowest level and leaves authors out, if it says no more than roles', () => {
    expect(parseApprovalRule(RULE)).toEqual({
      ok: true,
      value: { name: 'production', requiredRoles: ['sre'], level: 1, allowAuthor: false },
    });
  });

  it('keeps all that it may say', () => {
    const rule = {
      ...RULE,
      tier: 'production',
      planTypes: ['install', 'upgrade'],
      criticality: 'critical',
      products: ['aria', 'base'],
      strategy: 'canary',
      requiredRoles: ['security', 'security', 'sre'],
      requiredApprovers: 4,
      ttlHours: 0.5,
      requestTtlHours: 72,
      notBefore: '2026-03-02T12:00:00.000Z',
      escalation: { afterHours: 4, roles: ['director'] },
      level: 2,
      allowAuthor: true,
    };
    expect(parseApprovalRule(rule)).toEqual({ ok: true, value: rule });
  });

  it('keeps instants in UTC and types of plans in one order', () => {
    const given = {
      ...RULE,
      notBefore: '2026-03-02T13:00:00+01:00',
      planTypes: ['upgrade', 'install'],
    };
    expect(parseApprovalRule(given)).toMatchObject({
      value: { notBefore: '2026-03-02T12:00:00.000Z', planTypes: ['install', 'upgrade'] },
    });
  });

  it.each([
    { name: 'without a name', change: { name: undefined }, field: 'name', saying: 'give the rule' },
    { name: 'with blanks in its name', change: { name: 'a b' }, field: 'name', saying: '"a b"' },
    {
      name: 'without roles',
      change: { requiredRoles: undefined },
      field: 'requiredRoles',
      saying: 'list the roles that must agree, or [] if any people will do',
    },
    {
      name: 'with a role that is no name',
      change: { requiredRoles: ['sre', 'Product Owner'] },
      field: 'requiredRoles',
      saying: '"sre", "Product Owner"; accepted is a list of 0 to 20 names',
    },
    {
      name: 'with too many roles',
      change: { requiredRoles: Array.from({ length: 21 }, () => 'sre') },
      field: 'requiredRoles',
      saying: '0 to 20',
    },
    {
      name: 'that asks nobody',
      change: { requiredApprovers: 0 },
      field: 'requiredApprovers',
      saying: 'requiredApprovers is 0; accepted is a whole number from 1 to 20',
    },
    {
      name: 'for half a person',
      change: { requiredApprovers: 1.5 },
      field: 'requiredApprovers',
      saying: 'whole number',
    },
    {
      name: 'by environment and tier at once',
      change: { environment: 'prod', tier: 'production' },
      field: 'tier',
      saying: 'environment and tier exclude each other',
    },
    {
      name: 'for an environment that cannot be',
      change: { environment: 'Prod' },
      field: 'environment',
      saying: 'lowercase',
    },
    {
      name: 'for a tier nobody knows',
      change: { tier: 'prod' },
      field: 'tier',
      saying: 'tier is "prod"; accepted are development, staging, production, or leave it out',
    },
    {
      name: 'for no type of plan',
      change: { planTypes: [] },
      field: 'planTypes',
      saying: 'planTypes is an empty list; accepted is',
    },
    {
      name: 'for a type of plan nobody knows',
      change: { planTypes: ['upgrade', 'deploy'] },
      field: 'planTypes',
      saying: '"upgrade", "deploy"; accepted is',
    },
    {
      name: 'for one type of plan twice',
      change: { planTypes: ['upgrade', 'upgrade'] },
      field: 'planTypes',
      saying: 'different ones',
    },
    {
      name: 'for no product',
      change: { products: [] },
      field: 'products',
      saying: 'products is an empty list; accepted is a list of 1 to 200 names',
    },
    {
      name: 'for several criticalities',
      change: { criticality: ['high', 'critical'] },
      field: 'criticality',
      saying: 'criticality is a list; accepted are low, medium, high, critical',
    },
    {
      name: 'for a strategy nobody knows',
      change: { strategy: 'yolo' },
      field: 'strategy',
      saying: 'rolling, immediate, blue_green, canary',
    },
    { name: 'for no time', change: { ttlHours: 0 }, field: 'ttlHours', saying: 'ttlHours is 0' },
    {
      name: 'for parts of minutes',
      change: { requestTtlHours: 0.001 },
      field: 'requestTtlHours',
      saying: 'in whole minutes',
    },
    { name: 'for years', change: { ttlHours: 8785 }, field: 'ttlHours', saying: '366 days' },
    {
      name: 'from a day that is none',
      change: { notBefore: '2026-02-30T00:00:00Z' },
      field: 'notBefore',
      saying: 'RFC 3339',
    },
    {
      name: 'of a level below the lowest',
      change: { level: 0 },
      field: 'level',
      saying: '1 to 10',
    },
    {
      name: 'that allows authors by a text',
      change: { allowAuthor: 'no' },
      field: 'allowAuthor',
      saying: 'true and false',
    },
    {
      name: 'that escalates to a name',
      change: { escalation: 'director' },
      field: 'escalation',
      saying: '{afterHours, roles}',
    },
    {
      name: 'that escalates to nobody',
      change: { escalation: { afterHours: 4, roles: [] } },
      field: 'escalation.roles',
      saying: '1 to 20 names',
    },
    {
      name: 'that escalates at no time',
      change: { escalation: { roles: ['director'] } },
      field: 'escalation.afterHours',
      saying: 'after how many hours',
    },
    {
      name: 'that approves by itself',
      change: { escalation: { afterHours: 4, roles: ['director'], approve: true } },
      field: 'escalation.approve',
      saying: 'accepted are afterHours, roles',
    },
    {
      name: 'with a field nobody knows',
      change: { roles: ['sre'] },
      field: 'roles',
      saying: 'roles is not a field here; accepted are name, requiredRoles',
    },
  ])('is refused $name', ({ change, field, saying }) => {
    const fields = Object.entries({ ...RULE, ...change }).filter(
      ([, value]) => value !== undefined,
    );
    expect(parseApprovalRule(Object.fromEntries(fields))).toEqual({
      ok: false,
      error: { field, detail: expect.stringContaining(saying) },
    });
  });

  it('says what a gate demands without saying of which plans', () => {
    expect(parseRuleDemand({ requiredRoles: [] })).toEqual({
      ok: true,
      value: { requiredRoles: [], level: 1, allowAuthor: false },
    });
    expect(parseRuleDemand({ requiredRoles: [], tier: 'staging' })).toMatchObject({
      error: { field: 'tier' },
    });
  });
});
