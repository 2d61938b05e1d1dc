import { randomBytes } from 'node:crypto';
import { type HeldRoles, PERMISSIONS, tokenText } from '@apollo-deploy/domain';
import { type Context, ENGINE, issueToken, setRoles } from '@apollo-deploy/orchestration';
import { must } from '@apollo-deploy/orchestration/testing';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Makes an account that has these roles from now on, and answers the headers that act for it. */
export async function anAccount(
  context: Context,
  name: string,
  { roles = [], grants = [] }: Partial<HeldRoles>,
): Promise<{ readonly authorization: string }> {
  must(await setRoles(context, ENGINE, { name, roles, grants, disabled: false }));
  const token = tokenText(randomBytes(32).toString('hex'));
  const expiresAt = new Date(context.clock.now().getTime() + DAY_MS);
  const scope = { permissions: PERMISSIONS };
  const given = { owner: name, name: 'test', scope, expiresAt, token, peopleLogIn: false };
  must(await issueToken(context, ENGINE, given));
  return { authorization: `Bearer ${token}` };
}
