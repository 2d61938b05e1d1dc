import type { Command } from 'commander';
import { Type } from 'typebox';
import type { Call } from '../call.js';
import { route } from '../hub/route.js';
import { fields, listed } from '../output/columns.js';
import type { Surroundings } from '../surroundings.js';
import { calling } from './define.js';

const Text = Type.String();
const Texts = Type.Array(Text);
const MeView = Type.Object({
  name: Text,
  kind: Text,
  permissions: Texts,
  inEnvironments: Type.Array(Type.Object({ environment: Text, permissions: Texts })),
});

export function addWhoami(program: Command, surroundings: Surroundings): void {
  program
    .command('whoami')
    .description('show whom the hub takes you for, by what, and what you may do')
    .action(calling(surroundings, whoami));
}

async function whoami(call: Call): Promise<void> {
  const answer = await call.hub.get(route`me`, MeView);
  call.show(answer, ({ name, kind, permissions, inEnvironments }) =>
    fields(
      [
        ['name', name],
        ['kind', kind],
        ['hub', call.hub.url],
        ['by', call.account.origin],
        ['may', listed(permissions) || 'nothing everywhere'],
        ...inEnvironments.map(
          (place) => [`in ${place.environment}`, listed(place.permissions) || 'nothing'] as const,
        ),
      ],
      '',
    ),
  );
}
