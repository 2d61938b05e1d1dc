import { Type, type Static } from 'typebox';

/** The capability of a spoke that keeps the heads of the audit trail which its hub tells it. */
export const KEEPS_AUDIT_HEADS = 'audit_heads';

const Place = {
  /** How many entries are linked; 0 = none. */
  number: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  /** SHA-256, in lowercase hexadecimal; 64 zeros where nothing is linked. */
  hash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
};

/** How far the audit trail of the hub reached at a moment, and the hash that covers all of it. */
export const AuditHead = Type.Object({
  ...Place,
  /** When the hub looked, by its clock. */
  at: Type.String({ maxLength: 40 }),
  /** What the trail holds now where it ended when this session was told last: another hash was put there. */
  before: Type.Optional(Type.Object(Place)),
});
export type AuditHead = Static<typeof AuditHead>;
