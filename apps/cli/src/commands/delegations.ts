import type { Command } from 'commander';
import { type Static, Type } from 'typebox';
import type { Call } from '../call.js';
import { route, withQuery } from '../hub/route.js';
import { columns, listed } from '../output/columns.js';
import { instantOf, second } from '../output/instant.js';
import { plain } from '../output/plain.js';
import type { Surroundings } from '../surroundings.js';
import { addGroup, calling, given, type PageOptions } from './define.js';
import { type SelectorOptions, selectorOf, SelectorView, withSelector } from './selector.js';

const Text = Type.String();
const DelegationView = Type.Object({
  id: Text,
  giver: Text,
  to: Text,
  roles: Type.Array(Text),
  scope: SelectorView,
  from: Text,
  until: Text,
});
type DelegationView = Static<typeof DelegationView>;

interface LendOptions extends SelectorOptions {
  readonly to: string;
  readonly from?: string;
  readonly until: string;
}

/** Roles that people lend each other. */
export function addDelegations(program: Command, surroundings: Surroundings): void {
  withSelector(program.command('delegate'))
    .argument('<role...>')
    .description('lend roles of yours to somebody for a time, to answer approvals with')
    .requiredOption('--to <name>', 'who stands in for you')
    .requiredOption('--until <instant>', 'not included; or how long, such as 8h or 7d')
    .option('--from <instant>', 'else from now on')
    .action(
      calling<LendOptions>(surroundings, (call, options, ...roles) =>
        lend(call, roles, options, surroundings.now()),
      ),
    );
  const { group, list } = addGroup(program, 'delegations', 'roles that people have lent');
  list
    .description('list them, those that have ended too')
    .action(calling<PageOptions>(surroundings, listDelegations));
  group
    .command('take-back')
    .argument('<id>')
    .description('end one before its time')
    .action(
      calling(surroundings, async (call, _, id = '') => {
        const answer = await call.hub.remove(route`delegations/${id}`);
        call.show(answer, () => `taken back: ${plain(id)}`);
      }),
    );
}

async function lend(
  call: Call,
  roles: readonly string[],
  options: LendOptions,
  now: Date,
): Promise<void> {
  const { to, from, until } = options;
  const body = {
    ...{ to, roles, scope: selectorOf(options), until: instantOf(until, now) },
    ...given({ from: from === undefined ? undefined : instantOf(from, now) }),
  };
  const answer = await call.hub.send('POST', route`delegations`, DelegationView, { body });
  call.show(answer, (lent) => `lent (${plain(lent.id)}): ${inWords(lent)}`);
}

async function listDelegations(call: Call, page: PageOptions): Promise<void> {
  const { limit, after } = page;
  const path = withQuery(route`delegations`, { limit, after });
  call.showPage(await call.hub.list(path, DelegationView), (delegations) =>
    columns(
      ['ID', 'GIVER', 'TO', 'ROLES', 'FOR', 'FROM', 'UNTIL'],
      delegations.map(({ id, giver, to, roles, scope, from, until }) => [
        ...[id, giver, to, listed(roles), scopeInWords(scope), second(from), second(until)],
      ]),
    ),
  );
}

function inWords({ giver, to, roles, scope, from, until }: DelegationView): string {
  const what = `${listed(roles)} of ${giver} to ${to}, for ${scopeInWords(scope)}`;
  return plain(`${what}, from ${second(from)} until ${second(until)}`);
}

function scopeInWords(scope: SelectorOptions): string {
  const words = Object.values(selectorOf(scope)).flat();
  return words.length === 0 ? 'all plans' : words.join(' · ');
}
