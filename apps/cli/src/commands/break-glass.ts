import type { Command } from 'commander';
import { WAIVABLE } from '@apollo-deploy/domain';
import { type Static, Type } from 'typebox';
import type { Call } from '../call.js';
import { route, withQuery } from '../hub/route.js';
import { columns, fields, listed } from '../output/columns.js';
import { instantOf, second } from '../output/instant.js';
import { plain } from '../output/plain.js';
import type { Surroundings } from '../surroundings.js';
import { addGroup, calling, given, namesIn, type PageOptions } from './define.js';

const Text = Type.String();
const BreakGlassView = Type.Object({
  id: Text,
  service: Text,
  environment: Text,
  deployment: Type.Optional(Text),
  waives: Type.Array(Text),
  reason: Text,
  openedBy: Text,
  openedAt: Text,
  until: Text,
  inForce: Type.Boolean(),
  dueAt: Text,
  overdue: Type.Boolean(),
  uses: Type.Number(),
  plans: Type.Array(Text),
  unusedAt: Type.Optional(Text),
  review: Type.Optional(Type.Object({ by: Text, verdict: Text, comment: Type.Optional(Text) })),
  version: Type.Number(),
});
type BreakGlassView = Static<typeof BreakGlassView>;

interface ListOptions extends PageOptions {
  readonly service?: string;
  readonly environment?: string;
  readonly unreviewed?: true;
}

interface OpenOptions {
  readonly waives: readonly string[];
  readonly reason: string;
  readonly until: string;
}

interface ReviewOptions {
  readonly verdict: string;
  readonly comment?: string;
}

/** Ways past what holds plans, and what is owed for them. */
export function addBreakGlass(program: Command, surroundings: Surroundings): void {
  const { group, list } = addGroup(program, 'break-glass', 'ways past what holds plans');
  list
    .description('list them, with what is owed')
    .option('--service <name>', 'for one service')
    .option('--environment <name>', 'in one environment')
    .option('--unreviewed', 'only those that owe a review')
    .action(calling<ListOptions>(surroundings, listAll));
  group
    .command('open')
    .arguments('<service> <environment>')
    .description('let plans go past what holds them; somebody else has to review it within a day')
    .requiredOption(
      '--waives <names>',
      `what gives way, by commas: ${WAIVABLE.join(', ')}`,
      namesIn,
    )
    .requiredOption('--reason <text>', 'why: whoever reviews it has to understand')
    .requiredOption('--until <instant>', 'when it ends; or how long, such as 2h; a day at most')
    .action(
      calling<OpenOptions>(surroundings, (call, options, service = '', environment = '') =>
        open(call, { service, environment }, options, surroundings.now()),
      ),
    );
  group
    .command('review')
    .argument('<id>')
    .description('say whether what somebody else opened was right, after showing it')
    .requiredOption('--verdict <verdict>', 'accepted or objected')
    .option('--comment <text>', 'an objection needs one')
    .action(
      calling<ReviewOptions>(surroundings, (call, options, id = '') => review(call, id, options)),
    );
  group
    .command('end')
    .argument('<id>')
    .description('end one before its time; its review stays owed')
    .action(
      calling(surroundings, async (call, _, id = '') => {
        const { body } = await call.hub.get(route`break-glass/${id}`, BreakGlassView);
        const answer = await call.hub.remove(route`break-glass/${id}`, body.version);
        call.show(answer, () => `ended; ${owedBy(body)}`);
      }),
    );
}

async function listAll(call: Call, options: ListOptions): Promise<void> {
  const { service, environment, unreviewed, limit, after } = options;
  const only = unreviewed === true ? 'true' : undefined;
  const path = withQuery(route`break-glass`, { service, environment, open: only, limit, after });
  call.showPage(await call.hub.list(path, BreakGlassView), (glasses) =>
    columns(
      ['ID', 'SERVICE', 'ENVIRONMENT', 'WAIVES', 'BY', 'UNTIL', 'PLANS', 'REVIEW'],
      glasses.map((glass) => [
        ...[glass.id, glass.service, glass.environment, listed(glass.waives), glass.openedBy],
        ...[glass.inForce ? second(glass.until) : 'over', glass.uses, reviewOf(glass)],
      ]),
    ),
  );
}

async function open(
  call: Call,
  where: { readonly service: string; readonly environment: string },
  { waives, reason, until }: OpenOptions,
  now: Date,
): Promise<void> {
  const body = { ...where, waives, reason, until: instantOf(until, now) };
  const answer = await call.hub.send('POST', route`break-glass`, BreakGlassView, { body });
  call.show(answer, (glass) => `${tell(glass)}\n${owedBy(glass)}`);
}

async function review(call: Call, id: string, { verdict, comment }: ReviewOptions): Promise<void> {
  const { body: glass } = await call.hub.get(route`break-glass/${id}`, BreakGlassView);
  call.present(tell(glass));
  const answer = await call.hub.send('POST', route`break-glass/${id}/review`, BreakGlassView, {
    body: { verdict, ...given({ comment }) },
  });
  call.show(answer, (reviewed) => `reviewed: ${plain(reviewOf(reviewed))}`);
}

function tell(glass: BreakGlassView): string {
  return fields(
    [
      ['break-glass', glass.id],
      ['where', `${glass.service} in ${glass.environment}`],
      ['only for', glass.deployment],
      ['waives', listed(glass.waives)],
      ['reason', glass.reason],
      ['opened', `${second(glass.openedAt)} by ${glass.openedBy}`],
      ['until', glass.inForce ? second(glass.until) : 'over'],
      ['plans', glass.uses === 0 ? 'none went by it' : `${glass.uses}: ${listed(glass.plans)}`],
      ['review', reviewOf(glass)],
    ],
    '',
  );
}

function owedBy({ id, openedBy, dueAt }: BreakGlassView): string {
  const whom = `somebody other than ${plain(openedBy)}`;
  return `${whom} has to review it until ${plain(second(dueAt))}: apolloctl break-glass review ${plain(id)}`;
}

function reviewOf({ review, unusedAt, overdue, dueAt }: BreakGlassView): string {
  if (unusedAt !== undefined) return 'none owed, as nothing went by it';
  if (review === undefined) return `${overdue ? 'overdue since' : 'owed until'} ${second(dueAt)}`;
  const said = `${review.verdict} by ${review.by}`;
  return review.comment === undefined ? said : `${said}: ${review.comment}`;
}
