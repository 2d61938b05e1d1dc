import type { Command } from 'commander';
import { type Static, Type } from 'typebox';
import type { Call } from '../call.js';
import { CommandEnded } from '../command-ended.js';
import { DeploymentView } from '../deployments/deployment-view.js';
import { follow } from '../deployments/follow.js';
import { type WaitOption, withWait } from '../deployments/options.js';
import { entitiesOf, type PlaceView } from '../deployments/places.js';
import { tellDeployment, versionsOf } from '../deployments/tell-deployment.js';
import { EXIT } from '../exit-code.js';
import { rootRoute, route, withQuery } from '../hub/route.js';
import { columns, fields, listed } from '../output/columns.js';
import { second } from '../output/instant.js';
import { plain } from '../output/plain.js';
import type { Surroundings } from '../surroundings.js';
import { calling } from './define.js';

const Text = Type.String();
const orNull = Type.Union([Text, Type.Null()]);
const StatusView = Type.Object({
  service: Text,
  status: Text,
  message: Type.Optional(Text),
  warning: Type.Optional(Text),
  deployment_id: Type.Optional(Text),
  pinned: Type.Optional(Type.Boolean()),
  back_ports: Type.Optional(
    Type.Array(Type.Object({ version: Text, missing_in: Type.Array(Text) })),
  ),
  reviews: Type.Optional(
    Type.Array(
      Type.Object({ break_glass: Text, environment: Text, opened_by: Text, due_at: Text }),
    ),
  ),
});
const HistoryView = Type.Object({
  total_deployments: Type.Number(),
  warning: Type.Optional(Text),
  history: Type.Array(
    Type.Object({
      id: Text,
      from_version: orNull,
      to_version: Text,
      environment: Text,
      status: Text,
      kind: Type.Optional(Text),
      deployed_at: Text,
      went_out_at: Type.Optional(orNull),
      duration_seconds: Type.Union([Type.Number(), Type.Null()]),
      notes: orNull,
      deployed_by: Text,
    }),
  ),
});
const RulesView = Type.Object({
  rules: Type.Array(Text),
  valid_promotion_paths: Type.Array(Text),
  strategies: Type.Array(Type.Object({ name: Text, description: Text })),
});

type HistoryEntry = Static<typeof HistoryView>['history'][number];

interface PlaceOption {
  readonly environment?: string;
}

interface HistoryOptions extends PlaceOption {
  readonly limit?: string;
}

/** What became of deployments, and by which rules they go. */
export function addDeployments(program: Command, surroundings: Surroundings): void {
  program
    .command('status')
    .argument('<service>')
    .description('show the newest deployment of a service, what it waits for, and what runs where')
    .option('--environment <name>', 'the newest in one environment')
    .action(
      calling<PlaceOption>(surroundings, (call, options, service = '') =>
        showStatus(call, service, options),
      ),
    );
  program
    .command('history')
    .argument('<service>')
    .description('list the deployments of a service, newest first')
    .option('--environment <name>', 'in one environment')
    .option('--limit <number>', 'how many at most, 1 to 200 (10)')
    .action(
      calling<HistoryOptions>(surroundings, (call, options, service = '') =>
        showHistory(call, service, options),
      ),
    );
  withWait(program.command('deployment'))
    .argument('<id>')
    .description('show a deployment, with what it waits for')
    .action(calling<WaitOption>(surroundings, (call, { wait }, id = '') => follow(call, id, wait)));
  program
    .command('rules')
    .description('tell the rules of the pipeline')
    .action(calling(surroundings, showRules));
}

async function showStatus(
  call: Call,
  service: string,
  { environment }: PlaceOption,
): Promise<void> {
  const path = withQuery(rootRoute`status/${service}`, { environment });
  const answer = await call.hub.get(path, StatusView);
  refuseUnknown(answer.body);
  const { deployment_id: id, pinned, back_ports: owed = [], reviews = [] } = answer.body;
  const newest =
    id === undefined
      ? plain(answer.body.message ?? answer.body.status)
      : tellDeployment((await call.hub.get(route`deployments/${id}`, DeploymentView)).body);
  const { items } = (await entitiesOf(call, service)).body;
  const places = items.filter(
    (one) => environment === undefined || one.environment === environment,
  );
  call.show(answer, () =>
    [
      newest,
      ...owed.map(
        ({ version, missing_in: where }) =>
          `  hotfix ${plain(version)} is still to be brought to ${plain(listed(where))}`,
      ),
      ...reviews.map(tellOwedReview),
      ...(pinned === undefined ? [] : [fields([['goes by', pinned ? PINNED : 'its channel']])]),
      ...(places.length === 0 ? [] : [tellPlaces(places)]),
    ].join('\n'),
  );
}

/** The hub has no history of what is not registered either; whoever has slipped is to notice. */
function refuseUnknown({ warning }: { readonly warning?: string }): void {
  if (warning !== undefined) throw new CommandEnded(EXIT.refused, plain(warning));
}

const PINNED = 'this version: pinned, the channel is not followed';

function tellOwedReview(owed: NonNullable<Static<typeof StatusView>['reviews']>[number]): string {
  const { break_glass: id, environment, opened_by: by, due_at: due } = owed;
  return `  break-glass ${plain(id)} by ${plain(by)} in ${plain(environment)} is still to be reviewed by somebody else, due ${plain(second(due))}`;
}

function tellPlaces(places: readonly PlaceView[]): string {
  return columns(
    ['RUNS IN', 'SPOKE', 'VERSION', 'HEALTH', 'STATUS', 'WHY'],
    places.map(({ reported, ...place }) => [
      ...[place.environment, place.spoke, reported?.version, reported?.health],
      ...[place.status, place.why],
    ]),
  );
}

async function showHistory(
  call: Call,
  service: string,
  { environment, limit }: HistoryOptions,
): Promise<void> {
  const path = withQuery(rootRoute`history/${service}`, { environment, limit });
  const answer = await call.hub.get(path, HistoryView);
  refuseUnknown(answer.body);
  const { history, total_deployments: total } = answer.body;
  call.show(answer, () => (history.length === 0 ? 'none' : tellHistory(history)));
  if (total > history.length) call.warn(`there are ${total} in all: --limit shows more, up to 200`);
}

function tellHistory(history: readonly HistoryEntry[]): string {
  return columns(
    [
      'ASKED FOR',
      'WENT OUT',
      'ENVIRONMENT',
      'KIND',
      'CHANGE',
      'STATUS',
      'SECONDS',
      'BY',
      'ID',
      'SAYS',
    ],
    history.map((entry) => [
      ...[second(entry.deployed_at), second(entry.went_out_at)],
      ...[entry.environment, entry.kind],
      versionsOf({ fromVersion: entry.from_version ?? 'none', toVersion: entry.to_version }),
      ...[entry.status, entry.duration_seconds, entry.deployed_by, entry.id, entry.notes],
    ]),
  );
}

async function showRules(call: Call): Promise<void> {
  const answer = await call.hub.get(rootRoute`rules`, RulesView);
  call.show(answer, ({ rules, valid_promotion_paths: paths, strategies }) =>
    [
      ...rules.map(plain),
      'promotions',
      ...paths.map((path) => `  ${plain(path)}`),
      'strategies',
      fields(strategies.map(({ name, description }) => [name, description])),
    ].join('\n'),
  );
}
