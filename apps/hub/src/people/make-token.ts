import { randomBytes } from 'node:crypto';
import { tokenText } from '@apollo-deploy/domain';
import { type Context, issueToken, type Principal } from '@apollo-deploy/orchestration';
import type { HubConfig } from '../config/hub-config.js';
import { accepted } from '../http/refused.js';
import type { TokenRequest } from './people-requests.js';
import { type NewTokenView, tokenView } from './people-views.js';

const SECRET_BYTES = 32;

/** Makes a token for somebody and answers it, this once. */
export async function makeToken(
  { context, config }: { readonly context: Context; readonly config: Pick<HubConfig, 'oidc'> },
  caller: Principal,
  owner: string,
  { name, scopes, environments, expiresAt }: TokenRequest,
): Promise<NewTokenView> {
  const peopleLogIn = config.oidc !== undefined;
  const token = tokenText(randomBytes(SECRET_BYTES).toString('hex'));
  const scope = { permissions: scopes, ...(environments !== undefined && { environments }) };
  const issued = await issueToken(context, caller, {
    ...{ owner, name, scope, token, peopleLogIn },
    expiresAt: new Date(expiresAt),
  });
  return { ...tokenView(accepted(issued)), token };
}
