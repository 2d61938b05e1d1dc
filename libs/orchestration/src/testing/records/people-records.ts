import type { PersonRecord } from '../../ports/people-repository.js';
import type { LoginSessionRecord } from '../../ports/login-session-repository.js';
import type { ApiTokenRecord } from '../../ports/token-repository.js';
import { NOON } from './noon.js';

/** A developer everywhere. */
export function aPerson(change: Partial<PersonRecord> = {}): PersonRecord {
  return {
    name: 'ann',
    roles: ['developer'],
    grants: [],
    disabled: false,
    createdBy: 'admin',
    createdAt: NOON,
    version: 1,
    ...change,
  };
}

/** A token of `ann` to look at things with. */
export function aToken(change: Partial<ApiTokenRecord> = {}): ApiTokenRecord {
  return {
    id: 'token-1',
    name: 'laptop',
    owner: 'ann',
    hash: 'a'.repeat(64),
    scope: { permissions: ['view'] },
    createdBy: 'ann',
    createdAt: NOON,
    expiresAt: '2026-06-01T12:00:00.000Z',
    ...change,
  };
}

/** A session of `ann` that goes on. */
export function aLoginSession(change: Partial<LoginSessionRecord> = {}): LoginSessionRecord {
  return {
    id: 'session-1',
    person: 'ann',
    hash: 'c'.repeat(64),
    startedAt: NOON,
    idleEndsAt: '2026-03-02T13:00:00.000Z',
    endsAt: '2026-03-02T22:00:00.000Z',
    ...change,
  };
}
