import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Type } from 'typebox';
import type { Call } from '../call.js';
import { route } from '../hub/route.js';
import { columns } from '../output/columns.js';
import { second } from '../output/instant.js';
import { plain } from '../output/plain.js';
import type { Surroundings } from '../surroundings.js';
import { calling, given } from './define.js';
import { showSecret, WRITE } from './show-secret.js';

const Text = Type.String();
const NewTokenView = Type.Object({ token: Text, expiresAt: Text });
const UnusedTokenView = Type.Object({
  createdAt: Text,
  expiresAt: Text,
  clusterUid: Type.Optional(Text),
});

interface JoinOptions {
  readonly clusterUid?: string;
  readonly maxConcurrent?: string;
  readonly write?: string;
}

/** What spokes join with. */
export function addJoinTokens(program: Command, surroundings: Surroundings): void {
  program
    .command('join-token')
    .arguments('<spoke> <environment>')
    .description('make a token with which a spoke joins, once and within an hour')
    .option(
      '--cluster-uid <uid>',
      'of the one cluster that may use it; it is accepted at once then',
    )
    .option('--max-concurrent <number>', 'how many plans may execute on it at once')
    .option(...WRITE)
    .action(
      calling<JoinOptions>(surroundings, (call, options, spoke = '', environment = '') =>
        issue(call, { spoke, environment }, options, surroundings.directory),
      ),
    );
  const group = program
    .command('join-tokens')
    .description('the join tokens of a spoke that nobody has used');
  group
    .command('list')
    .argument('<spoke>')
    .description('list them; what they are is shown to nobody again')
    .action(calling(surroundings, (call, _, spoke = '') => listUnused(call, spoke)));
  group
    .command('end')
    .argument('<spoke>')
    .description('end them; the spoke stays as it is')
    .action(
      calling(surroundings, async (call, _, spoke = '') => {
        const answer = await call.hub.remove(route`spokes/${spoke}/join-tokens`);
        call.show(answer, () => `ended: no join token of ${plain(spoke)} is good any more`);
      }),
    );
}

async function issue(
  call: Call,
  spoke: { readonly spoke: string; readonly environment: string },
  { clusterUid, maxConcurrent, write }: JoinOptions,
  directory: string,
): Promise<void> {
  const body = {
    ...spoke,
    ...given({ clusterUid }),
    ...(maxConcurrent !== undefined && { maxConcurrent: Number(maxConcurrent) }),
  };
  const make = () => call.hub.send('POST', route`join-tokens`, NewTokenView, { body });
  await showSecret(call, make, {
    secret: 'token',
    ...given({ file: write === undefined ? undefined : resolve(directory, write) }),
    inWords: ({ expiresAt }) =>
      `join token of spoke ${plain(spoke.spoke)}, until ${plain(second(expiresAt))}`,
  });
}

async function listUnused(call: Call, spoke: string): Promise<void> {
  const answer = await call.hub.list(route`spokes/${spoke}/join-tokens`, UnusedTokenView);
  call.showPage(answer, (tokens) =>
    columns(
      ['MADE', 'UNTIL', 'FOR'],
      tokens.map(({ createdAt, expiresAt, clusterUid }) => [
        ...[second(createdAt), second(expiresAt)],
        clusterUid === undefined ? 'any cluster' : `cluster ${clusterUid}`,
      ]),
    ),
  );
}
