import { type Static, Type } from 'typebox';
import { isSignedBy, PUBLIC_KEY_PATTERN, SIGNATURE_PATTERN, type SpokeKey } from './spoke-key.js';

/** A spoke offers the key that it wants to be known by next; the holder of both has signed the offer. */
export const NextKeyOffer = Type.Object({
  publicKey: Type.String({ pattern: PUBLIC_KEY_PATTERN }),
  /** By the key that the hub knows. */
  signature: Type.String({ pattern: SIGNATURE_PATTERN }),
  /** By the key that is offered. */
  nextSignature: Type.String({ pattern: SIGNATURE_PATTERN }),
});
export type NextKeyOffer = Static<typeof NextKeyOffer>;

/** As whom, and where, a spoke is known by which key. */
export interface KnownKey {
  readonly spoke: string;
  /** The id of the hub. */
  readonly hub: string;
  readonly publicKey: string;
}

export function signNextKey(
  { key, next }: { readonly key: SpokeKey; readonly next: SpokeKey },
  { spoke, hub }: Omit<KnownKey, 'publicKey'>,
): NextKeyOffer {
  const statement = nextKeyStatement({ spoke, hub, publicKey: key.publicKey }, next.publicKey);
  const signature = key.sign(statement);
  return { publicKey: next.publicKey, signature, nextSignature: next.sign(statement) };
}

/** Whether the holder of the known key and of the offered one makes this offer, to this hub. */
export function isOfferedBy(known: KnownKey, offer: NextKeyOffer): boolean {
  const statement = nextKeyStatement(known, offer.publicKey);
  return (
    isSignedBy(known.publicKey, statement, offer.signature) &&
    isSignedBy(offer.publicKey, statement, offer.nextSignature)
  );
}

/** No part can hold a line break, so no two offers have the same statement. */
function nextKeyStatement({ spoke, hub, publicKey }: KnownKey, next: string): string {
  return ['apollo-spoke-next-key.v1', hub, spoke, publicKey, next].join('\n');
}
