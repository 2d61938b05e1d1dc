import { describe, expect, it } from '@jest/globals';
import type { Plan } from '@apollo-deploy/domain';
import { aPlan } from '@apollo-deploy/orchestration/testing';
import { rowOfToday } from './row-of-today.js';

const CREATED = '2026-03-02T12:00:00.000Z';
const LIMIT = { code: 'concurrency', message: '1 of 1 plans already execute', data: {} };
const SHUT = { code: 'maintenance_window', message: 'no window is open', data: {} };

describe('a plan of a version that knew no line', () => {
  const CASES: { name: string; given: Partial<Plan>; expected: string | undefined }[] = [
    { name: 'held by a limit', given: { violations: [LIMIT] }, expected: CREATED },
    {
      name: 'held by a limit while a window is open',
      given: { violations: [LIMIT], recheckAt: '2026-03-02T14:00:00.000Z' },
      expected: CREATED,
    },
    {
      name: 'held by something else as well',
      given: { violations: [LIMIT, SHUT] },
      expected: undefined,
    },
    { name: 'held by nothing', given: { state: 'PENDING', violations: [] }, expected: undefined },
  ];
  it.each(CASES)('has its place in line: $name', ({ given, expected }) => {
    const row = aPlan({ state: 'BLOCKED', createdAt: CREATED, ...given });
    expect((rowOfToday({ table: 'plans', row }) as Plan).inLineSince).toBe(expected);
  });
});

describe('a plan in line', () => {
  it.each([
    { name: 'by its age has no other place', since: CREATED, expected: undefined },
    {
      name: 'in the place of another keeps that',
      since: '2026-03-02T11:00:00.000Z',
      expected: '2026-03-02T11:00:00.000Z',
    },
  ])('$name', ({ since, expected }) => {
    const row = aPlan({
      ...{ state: 'BLOCKED', createdAt: CREATED, violations: [LIMIT], inLineSince: since },
    });
    expect((rowOfToday({ table: 'plans', row }) as Plan).queuedSince).toBe(expected);
  });
});
