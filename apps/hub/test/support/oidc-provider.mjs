import { generateKeyPairSync, randomBytes } from 'node:crypto';
import Provider from 'oidc-provider';

/**
 * A real OpenID provider as a process of its own, for tests: people `ann` (group sre-team) and `bob`
 * (no group), whom it asks for no password. `node oidc-provider.mjs PORT REDIRECT_URI`; prints `ready`.
 */
const [port = '0', redirectUri = ''] = process.argv.slice(2);
const GROUPS = new Map([
  ['ann', ['sre-team', 'everybody']],
  ['bob', ['everybody']],
]);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = {
  ...privateKey.export({ format: 'jwk' }),
  kid: randomBytes(4).toString('hex'),
  use: 'sig',
};

/** @type {Provider} */
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: 'apollo',
      client_secret: 'a secret of the tests',
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'client_secret_post',
      backchannel_logout_uri: new URL('/auth/backchannel-logout', redirectUri).href,
      backchannel_logout_session_required: true,
    },
  ],
  jwks: { keys: [key] },
  cookies: { keys: ['of no use outside of tests'] },
  /** Groups are told to who asks for them, as many providers have it. */
  claims: { openid: ['sub', 'email', 'email_verified'], groups: ['groups'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  features: { backchannelLogout: { enabled: true } },
  /** The hub of the tests is on this machine, where the provider reaches nobody by its own guard. */
  fetch: (url, options) => {
    delete options.dispatcher;
    return fetch(url, options);
  },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, groups: GROUPS.get(id) ?? [], email: `${id}@example.com` }),
  }),
  /** Nobody is asked whether the hub may know who they are. */
  loadExistingGrant: async ({ oidc }) => {
    const grant = new provider.Grant({
      clientId: oidc.client.clientId,
      accountId: oidc.session.accountId,
    });
    grant.addOIDCScope('openid groups');
    await grant.save();
    return grant;
  },
});
provider.listen(Number(port), '127.0.0.1', () => {
  process.stdout.write('ready\n');
});
