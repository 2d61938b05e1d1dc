import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Type } from 'typebox';
import type { Call } from '../call.js';
import { route, withQuery } from '../hub/route.js';
import { columns, listed } from '../output/columns.js';
import { instantOf, second } from '../output/instant.js';
import { plain } from '../output/plain.js';
import type { Surroundings } from '../surroundings.js';
import { addGroup, calling, given, namesIn, type PageOptions } from './define.js';
import { showSecret, WRITE } from './show-secret.js';

const Text = Type.String();
const TokenView = Type.Object({
  id: Text,
  name: Text,
  owner: Text,
  scopes: Type.Array(Text),
  environments: Type.Optional(Type.Array(Text)),
  expiresAt: Text,
  revokedAt: Type.Optional(Text),
  lastUsedAt: Type.Optional(Text),
});
const NewTokenView = Type.Object({ id: Text, owner: Text, expiresAt: Text, token: Text });

interface OwnerOption {
  readonly of?: string;
}

interface NewTokenOptions extends OwnerOption {
  readonly scopes: readonly string[];
  readonly environments?: readonly string[];
  readonly expires: string;
  readonly write?: string;
}

const OF = ['--of <name>', 'of somebody else, or of a machine'] as const;

/** API tokens: one's own, and those of others. */
export function addTokens(program: Command, surroundings: Surroundings): void {
  const { group, list } = addGroup(program, 'tokens', 'API tokens, yours if nothing else is said');
  list
    .option(...OF)
    .description('list them')
    .action(calling<PageOptions & OwnerOption>(surroundings, listTokens));
  group
    .command('create')
    .argument('<name>', 'what it is for')
    .description('make a token; it is shown once')
    .requiredOption('--scopes <permissions>', 'what it lets its holder do, by commas', namesIn)
    .requiredOption('--expires <instant>', 'or how long it counts, such as 90d; 366 days at most')
    .option('--environments <names>', 'where it counts, by commas; else everywhere', namesIn)
    .option(...OF)
    .option(...WRITE)
    .action(
      calling<NewTokenOptions>(surroundings, (call, options, name = '') =>
        create(call, name, options, surroundings),
      ),
    );
  group
    .command('revoke')
    .argument('<id>')
    .option(...OF)
    .description('end a token at once')
    .action(
      calling<OwnerOption>(surroundings, async (call, { of }, id = '') => {
        const answer = await call.hub.remove(tokenOf(of, id));
        call.show(answer, () => `revoked: ${plain(id)}`);
      }),
    );
}

async function listTokens(
  call: Call,
  { of, limit, after }: PageOptions & OwnerOption,
): Promise<void> {
  const path = withQuery(tokensOf(of), { limit, after });
  call.showPage(await call.hub.list(path, TokenView), (tokens) =>
    columns(
      ['ID', 'NAME', 'OWNER', 'SCOPES', 'WHERE', 'EXPIRES', 'LAST USED', 'REVOKED'],
      tokens.map((token) => [
        ...[token.id, token.name, token.owner, listed(token.scopes)],
        token.environments === undefined ? 'everywhere' : listed(token.environments),
        ...[second(token.expiresAt), second(token.lastUsedAt), second(token.revokedAt)],
      ]),
    ),
  );
}

async function create(
  call: Call,
  name: string,
  { of, scopes, environments, expires, write }: NewTokenOptions,
  surroundings: Surroundings,
): Promise<void> {
  const expiresAt = instantOf(expires, surroundings.now());
  const body = { name, scopes, expiresAt, ...given({ environments }) };
  const make = () => call.hub.send('POST', tokensOf(of), NewTokenView, { body });
  await showSecret(call, make, {
    secret: 'token',
    ...given({ file: write === undefined ? undefined : resolve(surroundings.directory, write) }),
    inWords: ({ id, owner, expiresAt: until }) =>
      `token ${plain(id)} of ${plain(owner)}, until ${plain(second(until))}`,
  });
}

function tokensOf(owner: string | undefined): string {
  return owner === undefined ? route`tokens` : route`people/${owner}/tokens`;
}

function tokenOf(owner: string | undefined, id: string): string {
  return owner === undefined ? route`tokens/${id}` : route`people/${owner}/tokens/${id}`;
}
