import { Type, type Static } from 'typebox';

/** The most signatures that can be asked for; an envelope has room for as many. */
export const MOST_SIGNERS = 8;
/** The most keys of one set. */
export const MOST_KEYS = 16;

/**
 * By so many a key set may be ahead of the one that it follows on: one that took the last version there
 * is would be the last of all.
 */
export const MOST_VERSIONS_AHEAD = 1000;

export const KeySetVersion = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const Threshold = Type.Integer({ minimum: 1, maximum: MOST_SIGNERS });
export const KeyId = Type.String({ pattern: '^[0-9a-f]{64}$' });
/** RFC 3339, in UTC. */
export const KeySetEnd = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?Z$',
});

/** Whose signatures a spoke goes by, as it tells its hub: which key set, and what that asks for. */
export const KeyTrust = Type.Object({
  version: KeySetVersion,
  threshold: Threshold,
  keyIds: Type.Array(KeyId, { minItems: 1, maxItems: MOST_KEYS }),
  /** From then on it goes by no signature. */
  expiresAt: Type.Optional(KeySetEnd),
});
export type KeyTrust = Static<typeof KeyTrust>;
