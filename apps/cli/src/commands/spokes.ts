import type { Command } from 'commander';
import { type Static, type TSchema, Type } from 'typebox';
import type { Call } from '../call.js';
import { CommandEnded } from '../command-ended.js';
import { EXIT } from '../exit-code.js';
import { route, withQuery } from '../hub/route.js';
import { columns, fields } from '../output/columns.js';
import { second } from '../output/instant.js';
import { plain } from '../output/plain.js';
import type { Surroundings } from '../surroundings.js';
import { addGroup, calling, type PageOptions } from './define.js';

const Text = Type.String();
const orNull = <S extends TSchema>(shape: S) => Type.Union([shape, Type.Null()]);
const SpokeView = Type.Object({
  name: Text,
  environment: Text,
  status: Text,
  key: orNull(
    Type.Object({ publicKey: Text, clusterUid: Text, joinedAt: Text, acceptedAt: orNull(Text) }),
  ),
  alarm: orNull(Type.Object({ kind: Text, at: Text, message: Text })),
  trustedKeys: orNull(Type.Object({ warning: orNull(Text) })),
  revocation: orNull(Type.Object({ by: Text, reason: Text })),
  simulated: orNull(Type.Boolean()),
  agentVersion: orNull(Text),
  kubernetesVersion: orNull(Text),
  lastSeenAt: orNull(Text),
});
type SpokeView = Static<typeof SpokeView>;

interface AcceptOptions {
  readonly key?: string;
  readonly yes?: true;
}

const NOBODY_TO_ASK =
  'nothing was accepted, for nobody is here to be asked: give the public key that you have looked at (--key), or --yes for whatever is shown';

/** Who carries plans out, and whom the hub trusts to. */
export function addSpokes(program: Command, surroundings: Surroundings): void {
  const { group, list } = addGroup(program, 'spokes', 'those that carry plans out in clusters');
  list
    .description('list spokes, with what has to be looked at')
    .action(calling<PageOptions>(surroundings, listSpokes));
  group
    .command('accept')
    .argument('<name>')
    .description('let a spoke that has joined connect, after showing its key; ends its alarm')
    .option('--key <public key>', 'only if this is its key; asks nothing')
    .option('-y, --yes', 'whatever key is shown; asks nothing')
    .action(
      calling<AcceptOptions>(surroundings, (call, options, name = '') =>
        accept(call, name, options),
      ),
    );
  group
    .command('revoke')
    .argument('<name>')
    .description('take the trust from a spoke: its connection is closed, its key worth nothing')
    .requiredOption('--reason <text>', 'why; kept with the spoke and in the audit trail')
    .action(
      calling<{ readonly reason: string }>(surroundings, async (call, { reason }, name = '') => {
        const path = route`spokes/${name}/revoke`;
        const answer = await call.hub.send('POST', path, SpokeView, { body: { reason } });
        call.show(answer, (spoke) => `revoked: ${plain(spoke.name)}`);
      }),
    );
}

async function listSpokes(call: Call, { limit, after }: PageOptions): Promise<void> {
  const path = withQuery(route`spokes`, { limit, after });
  call.showPage(await call.hub.list(path, SpokeView), (spokes) =>
    columns(
      ['NAME', 'ENVIRONMENT', 'STATUS', 'LAST SEEN', 'AGENT', 'KUBERNETES', 'LOOK AT'],
      spokes.map((spoke) => [
        ...[spoke.name, spoke.environment, spoke.status, second(spoke.lastSeenAt)],
        spoke.agentVersion,
        spoke.simulated === true ? 'simulated' : spoke.kubernetesVersion,
        troubleOf(spoke),
      ]),
    ),
  );
}

/** What is accepted is the key that was shown, so no other can be. */
async function accept(call: Call, name: string, { key, yes }: AcceptOptions): Promise<void> {
  const { body: spoke } = await call.hub.get(route`spokes/${name}`, SpokeView);
  if (spoke.key === null) {
    throw new CommandEnded(
      EXIT.refused,
      `spoke ${plain(name)} has not joined; give it a token first (apolloctl join-token ${plain(name)} ${plain(spoke.environment)})`,
    );
  }
  const { publicKey, clusterUid, joinedAt } = spoke.key;
  call.present(
    [
      `spoke ${plain(spoke.name)} in ${plain(spoke.environment)}`,
      fields([
        ['public key', publicKey],
        ['cluster', clusterUid],
        ['joined', second(joinedAt)],
        ['alarm', spoke.alarm && `${spoke.alarm.kind}: ${spoke.alarm.message}`],
      ]),
    ].join('\n'),
  );
  if (key !== undefined && key !== publicKey) {
    throw new CommandEnded(
      EXIT.refused,
      `nothing was accepted: the key of ${plain(name)} is ${plain(publicKey)}, not ${plain(key)}`,
    );
  }
  await call.confirm('Accept exactly this key?', yes === true || key !== undefined, NOBODY_TO_ASK);
  const answer = await call.hub.send('POST', route`spokes/${name}/accept`, SpokeView, {
    body: { publicKey },
  });
  call.show(
    answer,
    ({ name: accepted, status }) => `accepted: ${plain(accepted)}, ${plain(status)}`,
  );
}

function troubleOf({ key, alarm, revocation, trustedKeys }: SpokeView): string {
  if (revocation !== null) return `revoked by ${revocation.by}: ${revocation.reason}`;
  if (alarm !== null) return `alarm ${alarm.kind} at ${second(alarm.at)}: ${alarm.message}`;
  if (key === null) return 'has not joined';
  if (key.acceptedAt === null) return 'waits to be accepted';
  return trustedKeys?.warning ?? '';
}
