import { refusal, type Refusal } from '@apollo-deploy/domain';
import { err, type Result } from '@apollo-deploy/kernel';
import {
  authenticateSpoke,
  type AuthenticatedSpoke,
  type Context,
} from '@apollo-deploy/orchestration';
import { readSessionToken } from '@apollo-deploy/protocol';

const BEARER = /^Bearer ([\x21-\x7e]{1,1024})$/i;

/** Which spoke the Authorization header of a request shows a session token of. */
export async function spokeOf(
  context: Context,
  authorization: string | undefined,
): Promise<Result<AuthenticatedSpoke, Refusal>> {
  const text = BEARER.exec(authorization ?? '')?.[1];
  if (text === undefined) return err(NO_TOKEN);
  const token = readSessionToken(text);
  if (token.ok) return authenticateSpoke(context, token.value);
  const detail = `what the Authorization header holds is no session token of a spoke: ${token.error}`;
  return err(refusal('spoke/unauthenticated', detail));
}

const NO_TOKEN = refusal(
  'spoke/unauthenticated',
  'send a session token of this spoke: Authorization: Bearer <token>',
);
