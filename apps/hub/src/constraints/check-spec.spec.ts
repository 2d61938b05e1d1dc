import { describe, expect, it } from '@jest/globals';
import { Refused } from '../http/refused.js';
import { checkSpec } from './check-spec.js';

const WINDOW = { layer: 'environment', cron: '0 2 * * 6', durationHours: 4 };
const FREEZE = { start: '2026-03-01T00:00:00Z', end: '2026-03-02T00:00:00Z', reason: 'Audit' };
const NIGHTLY = { cron: '0 2 * * *', durationMinutes: 30, reason: 'Backups' };
const RULE = {
  message: 'only aria',
  when: { fact: 'product.name', operator: 'eq', value: 'aria' },
};

function refusalOf(kind: string, spec: unknown): { field?: string; detail: string } | undefined {
  try {
    checkSpec(kind, spec);
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error.details;
    throw error;
  }
}

describe('the shape of a spec', () => {
  it.each([
    { name: 'a window', kind: 'maintenance_window', spec: WINDOW },
    { name: 'one suppression', kind: 'suppression_window', spec: { ...FREEZE, hard: true } },
    { name: 'a recurring suppression', kind: 'suppression_window', spec: NIGHTLY },
    { name: 'a rule of one comparison', kind: 'rule', spec: RULE },
    { name: 'a rule of several', kind: 'rule', spec: { ...RULE, when: { all: [RULE.when] } } },
    { name: 'anything of a kind that the use case refuses', kind: 'moon_phase', spec: 7 },
  ])('is accepted for $name', ({ kind, spec }) => {
    expect(refusalOf(kind, spec)).toBeUndefined();
  });

  it.each([
    {
      name: 'a field that is missing',
      kind: 'maintenance_window',
      spec: { layer: 'environment' },
      field: 'spec.cron',
      problem: 'is missing',
    },
    {
      name: 'none of the choices',
      kind: 'maintenance_window',
      spec: { ...WINDOW, layer: 'city' },
      field: 'spec.layer',
      problem: 'is none of product, environment, global',
    },
    {
      name: 'a field nobody knows',
      kind: 'maintenance_window',
      spec: { ...WINDOW, days: 2 },
      field: 'spec.days',
      problem: 'is not a field here',
    },
    {
      name: 'a bad value',
      kind: 'maintenance_window',
      spec: { ...WINDOW, durationMinutes: 0.5 },
      field: 'spec.durationMinutes',
      problem: 'must be integer',
    },
    {
      name: 'a bad value in the likely one of two shapes',
      kind: 'suppression_window',
      spec: { ...NIGHTLY, durationMinutes: 0 },
      field: 'spec.durationMinutes',
      problem: 'must be >= 1',
    },
    {
      name: 'a field missing in the likely one of two shapes',
      kind: 'suppression_window',
      spec: { start: FREEZE.start, end: FREEZE.end },
      field: 'spec.reason',
      problem: 'is missing',
    },
    {
      name: 'a field of the less likely of two shapes',
      kind: 'suppression_window',
      spec: { ...NIGHTLY, start: FREEZE.start },
      field: 'spec.start',
      problem: 'is not a field here',
    },
    {
      name: 'neither of two shapes',
      kind: 'suppression_window',
      spec: { reason: 'Audit' },
      field: 'spec',
      problem: 'has none of the accepted shapes',
    },
    {
      name: 'no condition',
      kind: 'rule',
      spec: { ...RULE, when: {} },
      field: 'spec.when',
      problem: 'has none of the accepted shapes',
    },
    {
      name: 'a bad list of conditions',
      kind: 'rule',
      spec: { ...RULE, when: { any: RULE.when } },
      field: 'spec.when.any',
      problem: 'must be array',
    },
    { name: 'no object', kind: 'rule', spec: null, field: 'spec', problem: 'must be object' },
  ])('is refused for $name', ({ kind, spec, field, problem }) => {
    expect(refusalOf(kind, spec)).toEqual({
      field,
      detail: `${field} ${problem}; what a ${kind} accepts is listed at GET /api/v1/constraint-kinds`,
    });
  });
});
