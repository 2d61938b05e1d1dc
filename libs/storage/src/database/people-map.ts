import type {
  ApiTokenRecord,
  LoginSessionRecord,
  LogoutTokenUse,
  PersonRecord,
} from '@apollo-deploy/orchestration';
import { flag, instant, integer, json, optional, prose, text } from './columns.js';
import { TableMap } from './table-map.js';

export const PEOPLE = new TableMap<PersonRecord>('people', ['name'], {
  name: text(),
  roles: json(),
  grants: json(),
  disabled: flag(),
  machine: optional(flag()),
  createdBy: text(),
  createdAt: instant(),
  version: integer(),
});

export const API_TOKENS = new TableMap<ApiTokenRecord>('api_tokens', ['id'], {
  id: text(),
  name: prose(),
  owner: text(),
  hash: text(),
  scope: json(),
  createdBy: text(),
  createdAt: instant(),
  expiresAt: instant(),
  revokedAt: optional(instant()),
  revokedBy: optional(text()),
  lastUsedAt: optional(instant()),
});

export const LOGIN_SESSIONS = new TableMap<LoginSessionRecord>('login_sessions', ['id'], {
  id: text(),
  person: text(),
  hash: text(),
  startedAt: instant(),
  idleEndsAt: instant(),
  endsAt: instant(),
  endedAt: optional(instant()),
  endedBy: optional(text()),
  issuer: optional(text()),
  subject: optional(text()),
  sid: optional(text()),
});

export const LOGOUT_TOKENS = new TableMap<LogoutTokenUse>('logout_tokens', ['issuer', 'id'], {
  issuer: text(),
  id: text(),
  keptUntil: instant(),
});
