import type { JoinTokenRecord, KeySetRecord, SessionTokenUse } from '@apollo-deploy/orchestration';
import { instant, integer, json, optional, text } from './columns.js';
import { TableMap } from './table-map.js';

export const JOIN_TOKENS = new TableMap<JoinTokenRecord>('join_tokens', ['hash'], {
  hash: text(),
  spoke: text(),
  clusterUid: optional(text()),
  createdAt: instant(),
  expiresAt: instant(),
  usedBy: optional(text()),
});

export const SESSION_TOKENS = new TableMap<SessionTokenUse>('session_tokens', ['spoke', 'id'], {
  spoke: text(),
  id: text(),
  keptUntil: instant(),
});

export const KEY_SETS = new TableMap<KeySetRecord>('key_sets', ['version'], {
  version: integer('bigint'),
  threshold: integer(),
  keys: json(),
  // As it was signed, to the letter.
  expiresAt: optional(text()),
  envelope: json(),
  addedAt: instant(),
  addedBy: text(),
});
