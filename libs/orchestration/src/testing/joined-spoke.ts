import { issueJoinToken, type JoinTokenRequest } from '../trust/issue-join-token.js';
import type { AuthenticatedSpoke } from '../trust/authenticate-spoke.js';
import { joinSpoke } from '../trust/join-spoke.js';
import type { Context } from '../context.js';
import { must, PERSON } from './must.js';

/** The cluster of every spoke that joins in a test, unless told otherwise. */
export const CLUSTER_UID = 'cluster-1';

/** A spoke as its connection shows it, once it has joined. Its key is a word, which no use case minds. */
export function admitted(spoke: string, publicKey = `key-of-${spoke}`): AuthenticatedSpoke {
  return { spoke, publicKey };
}

/** Registers a spoke and lets it join, accepted, with the key that `admitted` shows. */
export async function joinedSpoke(
  context: Context,
  request: Omit<JoinTokenRequest, 'token'>,
  { publicKey } = admitted(request.spoke),
): Promise<void> {
  const { spoke, clusterUid = CLUSTER_UID } = request;
  const token = `token of ${spoke} for ${publicKey} in ${clusterUid}`;
  must(await issueJoinToken(context, PERSON, { ...request, token, clusterUid }));
  must(await joinSpoke(context, { token, publicKey, clusterUid }));
}
