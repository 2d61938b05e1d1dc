import { sha256Hex } from '@apollo-deploy/kernel';
import { type Static, Type } from 'typebox';
import { KeySet } from '../signing/key-set.js';
import { isSignedBy, PUBLIC_KEY_PATTERN, SIGNATURE_PATTERN, type SpokeKey } from './spoke-key.js';

/** Path of the request by which a spoke joins. */
export const JOIN_PATH = '/spoke/join';

const TOKEN = /^apollo-join_([a-z0-9-]{1,63})_[A-Za-z0-9_-]{43}$/;

/** What a spoke sends to join: its one-use token, its public key, and the proof that it holds the other half. */
export const JoinRequest = Type.Object({
  token: Type.String({ minLength: 1, maxLength: 256 }),
  publicKey: Type.String({ pattern: PUBLIC_KEY_PATTERN }),
  /** UID of the kube-system namespace. */
  clusterUid: Type.String({ pattern: '^[A-Za-z0-9-]{1,64}$' }),
  /** Of `joinStatement`, by that key. */
  signature: Type.String({ pattern: SIGNATURE_PATTERN }),
});
export type JoinRequest = Static<typeof JoinRequest>;

/** What the hub answers to a spoke that may join. */
export const JoinAnswer = Type.Object({
  spoke: Type.String({ pattern: '^[a-z0-9-]{1,63}$' }),
  environment: Type.String({ maxLength: 63 }),
  /** The id of the hub, for the session tokens. */
  hub: Type.String({ minLength: 1, maxLength: 64 }),
  /** False: a person has to accept the spoke before it may connect. */
  accepted: Type.Boolean(),
  /** Whose signatures are to count, for a spoke that knows of none. Absent: this hub signs nothing. */
  keySet: Type.Optional(KeySet),
});
export type JoinAnswer = Static<typeof JoinAnswer>;

/** A join token: for which spoke it is can be read; `secret` is 32 random bytes in base64url. */
export function joinTokenText(spoke: string, secret: string): string {
  return `apollo-join_${spoke}_${secret}`;
}

/** The spoke that a join token is for; absent if that is no join token. */
export function spokeOfJoinToken(token: string): string | undefined {
  return TOKEN.exec(token)?.[1];
}

/** The request of a spoke that joins with this token and this key. */
export function signJoinRequest(
  key: SpokeKey,
  { token, clusterUid }: Pick<JoinRequest, 'token' | 'clusterUid'>,
): JoinRequest {
  const { publicKey } = key;
  const signature = key.sign(joinStatement({ token, clusterUid, publicKey }));
  return { token, clusterUid, publicKey, signature };
}

/** Whether the sender of the request holds the private half of the key it names. */
export function provesKey(request: JoinRequest): boolean {
  return isSignedBy(request.publicKey, joinStatement(request), request.signature);
}

/** No part can hold a line break, so no two requests have the same statement. */
function joinStatement(request: Omit<JoinRequest, 'signature'>): string {
  const { token, clusterUid, publicKey } = request;
  const spoke = spokeOfJoinToken(token) ?? '';
  return ['apollo-spoke-join.v1', spoke, sha256Hex(token), clusterUid, publicKey].join('\n');
}
