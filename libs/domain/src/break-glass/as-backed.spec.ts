import { describe, expect, it } from '@jest/globals';
import { type Authority, authorityOf } from '../people/authority.js';
import type { HeldRoles } from '../people/held-roles.js';
import { aBreakGlass } from '../testing.js';
import { asBacked } from './as-backed.js';
import { WAIVABLE } from './break-glass.js';

const who = (held: Partial<HeldRoles>, machine = false): Authority =>
  authorityOf({ roles: [], grants: [], ...held }, { machine });
const sreIn = (environment: string) => who({ grants: [{ environment, roles: ['sre'] }] });
const WITHOUT_WORD: Authority = { everywhere: ['break-glass'], inEnvironments: new Map() };

describe('what a break-glass in prod waives', () => {
  const glass = aBreakGlass({ waives: WAIVABLE });

  it.each<{ name: string; opener: Authority | undefined; waives: readonly string[] }>([
    { name: 'an sre', opener: who({ roles: ['sre'] }), waives: WAIVABLE },
    { name: 'an sre of prod', opener: sreIn('prod'), waives: WAIVABLE },
    { name: 'an sre of elsewhere', opener: sreIn('dev'), waives: [] },
    { name: 'who is an operator by now', opener: who({ roles: ['operator'] }), waives: [] },
    { name: 'who is a machine by now', opener: who({ roles: ['sre'] }, true), waives: [] },
    { name: 'who may not act any more', opener: undefined, waives: [] },
    {
      name: 'who may not approve',
      opener: WITHOUT_WORD,
      waives: WAIVABLE.filter((kind) => kind !== 'approval'),
    },
  ])('of $name: $waives', ({ opener, waives }) => {
    expect(asBacked(glass, opener)).toEqual({ ...glass, waives });
  });
});
