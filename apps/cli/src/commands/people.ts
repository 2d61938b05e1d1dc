import type { Command } from 'commander';
import { type Static, Type } from 'typebox';
import type { Call } from '../call.js';
import type { Answer } from '../hub/hub-client.js';
import { HubRefusal } from '../hub/hub-refusal.js';
import { route, withQuery } from '../hub/route.js';
import { columns } from '../output/columns.js';
import { plain } from '../output/plain.js';
import type { Surroundings } from '../surroundings.js';
import { addGroup, calling, type PageOptions } from './define.js';
import { rolesIn, rolesOf } from './role-words.js';

const Text = Type.String();
const Texts = Type.Array(Text);
const PersonView = Type.Object({
  name: Text,
  roles: Texts,
  grants: Type.Array(Type.Object({ environment: Text, roles: Texts })),
  disabled: Type.Boolean(),
  machine: Type.Boolean(),
  version: Type.Number(),
});
type PersonView = Static<typeof PersonView>;

interface RolesOptions {
  readonly none?: true;
  readonly disable?: true;
  readonly enable?: true;
  readonly machine?: true;
}

/** Who may do what. */
export function addPeople(program: Command, surroundings: Surroundings): void {
  const { group, list } = addGroup(program, 'people', 'who may do what');
  list
    .description('list people and machines, with their roles')
    .action(calling<PageOptions>(surroundings, listPeople));
  group
    .command('roles')
    .arguments('<name> [role...]')
    .description(
      'say which roles somebody has, ROLE everywhere or ROLE@ENVIRONMENT; what is not said again is taken away',
    )
    .option('--none', 'no roles at all')
    .option('--disable', 'let nobody act under this name')
    .option('--enable', 'let them act again')
    .option(
      '--machine',
      'a new name is that of a machine: it acts by tokens, and agrees to nothing',
    )
    .action(
      calling<RolesOptions>(surroundings, (call, options, name = '', ...roles) =>
        setRoles(call, name, roles, options),
      ),
    );
  group
    .command('log-out')
    .argument('<name>')
    .description('end all logins of a person; their tokens go on')
    .action(
      calling(surroundings, async (call, _, name = '') => {
        const answer = await call.hub.remove(route`people/${name}/sessions`);
        call.show(answer, () => `logged out everywhere: ${plain(name)}`);
      }),
    );
}

async function listPeople(call: Call, { limit, after }: PageOptions): Promise<void> {
  const path = withQuery(route`people`, { limit, after });
  call.showPage(await call.hub.list(path, PersonView), (people) =>
    columns(
      ['NAME', 'KIND', 'ROLES', 'STATE'],
      people.map((person) => [
        ...[person.name, person.machine ? 'machine' : 'person'],
        ...[rolesOf(person), person.disabled ? 'disabled' : 'active'],
      ]),
    ),
  );
}

/** What is not spoken of, stays: nobody is let in again, or made a person, by the way. */
async function setRoles(
  call: Call,
  name: string,
  words: readonly string[],
  options: RolesOptions,
): Promise<void> {
  const wanted = rolesIn(words, options);
  const old = await find(call, name);
  const disabled = options.disable ?? (options.enable === true ? false : old?.body.disabled);
  const answer = await call.hub.send('PUT', route`people/${name}/roles`, PersonView, {
    body: {
      ...(wanted ?? { roles: old?.body.roles ?? [], grants: old?.body.grants ?? [] }),
      disabled: disabled ?? false,
      machine: old?.body.machine ?? options.machine ?? false,
    },
    ...(old === undefined ? { onlyNew: true } : { seen: old.body.version }),
  });
  call.show(answer, (person) => {
    const was = old === undefined ? 'new' : `before: ${inWords(old.body)}`;
    return `${plain(person.name)}: ${inWords(person)} (${was})`;
  });
}

async function find(call: Call, name: string): Promise<Answer<PersonView> | undefined> {
  try {
    return await call.hub.get(route`people/${name}`, PersonView);
  } catch (error) {
    if (error instanceof HubRefusal && error.problem.code === 'people/not_found') return undefined;
    throw error;
  }
}

function inWords(person: PersonView): string {
  const roles = rolesOf(person);
  const held = roles === '' ? 'no roles' : plain(roles);
  return person.disabled ? `${held}, disabled` : held;
}
