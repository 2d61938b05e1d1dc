import { Type, type Static } from 'typebox';

/** The most characters of a payload in base64: with what is around it, it fits a frame. */
const LONGEST_PAYLOAD = 960 * 1024;
/** Each costs a verification per trusted key. */
const MOST_SIGNATURES = 8;

/** A signed payload as DSSE shapes it. Nothing in it can be believed before it is verified. */
export const DsseEnvelope = Type.Object({
  payloadType: Type.String({ minLength: 1, maxLength: 128 }),
  /** Base64 of the signed bytes. */
  payload: Type.String({ maxLength: LONGEST_PAYLOAD }),
  signatures: Type.Array(
    Type.Object({
      /** A hint, never looked at to decide anything. */
      keyid: Type.Optional(Type.String({ maxLength: 128 })),
      /** Base64 of an Ed25519 signature. */
      sig: Type.String({ maxLength: 88 }),
    }),
    { maxItems: MOST_SIGNATURES },
  ),
});
export type DsseEnvelope = Static<typeof DsseEnvelope>;

/**
 * The bytes that are signed, DSSE's pre-authentication encoding: type and payload with their lengths,
 * so that a signature of one type never passes for another.
 */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType, 'utf8');
  const head = `DSSEv1 ${type.length} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head, 'utf8'), payload]);
}
