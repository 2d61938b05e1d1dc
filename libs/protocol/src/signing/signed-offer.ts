import { Type, type Static } from 'typebox';
import { DsseEnvelope } from './dsse-envelope.js';

/** The capability of a spoke that carries out nothing but what is signed. */
export const TAKES_SIGNED_PLANS = 'signed_plans';

/** An offer as it goes to a spoke that trusts certain keys only. What stands beside the envelope is a hint. */
export const SignedOffer = Type.Object({
  planId: Type.String({ maxLength: 64 }),
  attempt: Type.Integer({ minimum: 1 }),
  envelope: DsseEnvelope,
});
export type SignedOffer = Static<typeof SignedOffer>;
