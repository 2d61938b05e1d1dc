import type { BreakGlass, OwedBreakGlass } from '../break-glass/break-glass.js';

export function aBreakGlass(change: Partial<BreakGlass> = {}): BreakGlass {
  return {
    id: 'glass-1',
    product: 'aria',
    environment: 'prod',
    waives: ['window'],
    reason: 'Orders are lost at the till',
    openedBy: 'ann',
    openedAt: '2026-01-05T09:00:00.000Z',
    until: '2026-01-05T11:00:00.000Z',
    dueAt: '2026-01-06T09:00:00.000Z',
    uses: 0,
    plans: [],
    version: 1,
    ...change,
  };
}

export function anOwedBreakGlass(change: Partial<OwedBreakGlass> = {}): OwedBreakGlass {
  return { ...aBreakGlass(), tier: 'production', ...change };
}
