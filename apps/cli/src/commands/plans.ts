import type { Command } from 'commander';
import type { Call } from '../call.js';
import { CommandEnded } from '../command-ended.js';
import { EXIT } from '../exit-code.js';
import { route, withQuery } from '../hub/route.js';
import { columns } from '../output/columns.js';
import { second } from '../output/instant.js';
import { plain } from '../output/plain.js';
import { DiffView, ExplainView, PlanView } from '../plans/plan-view.js';
import { tellDiff } from '../plans/tell-diff.js';
import { changeOf, planTitle, tellPlan, tellWaiting } from '../plans/tell-plan.js';
import type { Surroundings } from '../surroundings.js';
import { calling, type PageOptions, withPages } from './define.js';

interface PlanFilter extends PageOptions {
  readonly entity?: string;
  readonly environment?: string;
  readonly state?: string;
  readonly type?: string;
  readonly from?: string;
  readonly to?: string;
}

/** What is planned, and what becomes of it. */
export function addPlans(program: Command, surroundings: Surroundings): void {
  withPages(program.command('plans'))
    .description('list plans, newest first')
    .option('--entity <name>', 'of one entity')
    .option('--environment <name>', 'in one environment')
    .option('--state <state>', 'in one state, such as blocked')
    .option('--type <type>', 'of one type, such as upgrade')
    .option('--from <instant>', 'made at or after')
    .option('--to <instant>', 'made before')
    .action(calling<PlanFilter>(surroundings, listPlans));
  program
    .command('plan')
    .argument('<id>')
    .description('show a plan: what it changes, who must agree, what it waits for and what to do')
    .action(calling(surroundings, (call, _, id = '') => showPlan(call, id)));
  addDecision(program, surroundings, 'execute', 'send a plan to its spoke');
  addDecision(program, surroundings, 'cancel', 'end a plan that is not to run, or not to go on');
  program
    .command('resolve')
    .argument('<id>')
    .description(
      'say how a plan ended that is unknown, or whose spoke is lost, once you have looked',
    )
    .requiredOption('--outcome <outcome>', 'succeeded, failed or cancelled')
    .requiredOption('--reason <text>', 'how you know; kept with the plan and in the audit trail')
    .action(calling<Resolution>(surroundings, (call, said, id = '') => resolve(call, id, said)));
}

/** A command that says something about a plan; `reason` is what a person has to give with it. */
export function addDecision(
  program: Command,
  surroundings: Surroundings,
  name: 'execute' | 'cancel' | 'reject' | 'withdraw',
  description: string,
): void {
  const command = program.command(name).argument('<id>').description(description);
  if (name === 'cancel' || name === 'reject') {
    command.requiredOption('--reason <text>', 'why; kept with the plan and in the audit trail');
  }
  command.action(
    calling<{ readonly reason?: string }>(surroundings, async (call, { reason }, id = '') => {
      const body = reason === undefined ? {} : { reason };
      const path = `${planRoute(id)}/${name}`;
      call.show(await call.hub.send('POST', path, PlanView, { body }), tellState);
    }),
  );
}

/**
 * An id of a plan as a route takes it. Ends the command as unusable for the id of a deployment: its plans
 * are named where it is shown.
 */
export function planRoute(id: string): string {
  if (!id.startsWith('deploy_')) return route`plans/${id}`;
  const sentence = `${plain(id)} is a deployment, and this command takes a plan`;
  const cure = `apolloctl deployment ${plain(id)} names its plans`;
  throw new CommandEnded(EXIT.unusable, `${sentence}; ${cure}`);
}

interface Resolution {
  readonly outcome: string;
  readonly reason: string;
}

async function resolve(call: Call, id: string, { outcome, reason }: Resolution): Promise<void> {
  const body = { outcome: outcome.toUpperCase(), reason };
  call.show(await call.hub.send('POST', `${planRoute(id)}/resolve`, PlanView, { body }), tellState);
}

async function listPlans(call: Call, options: PlanFilter): Promise<void> {
  const { entity, environment, state, type, from, to, limit, after } = options;
  const filter = { entity, environment, type, state: state?.toUpperCase(), from, to };
  const answer = await call.hub.list(
    withQuery(route`plans`, { ...filter, limit, after }),
    PlanView,
  );
  call.showPage(answer, (plans) =>
    columns(
      ['ID', 'ENTITY', 'TYPE', 'CHANGE', 'STATE', 'CREATED', 'WAITS FOR'],
      plans.map((plan) => [
        ...[plan.id, plan.entity, plan.type, changeOf(plan), plan.state, second(plan.createdAt)],
        [...new Set(plan.violations.map(({ code }) => code))].join(', '),
      ]),
    ),
  );
}

async function showPlan(call: Call, id: string): Promise<void> {
  const answer = await call.hub.get(planRoute(id), PlanView);
  const why = await call.hub.get(route`plans/${id}/explain`, ExplainView);
  const diff = await call.hub.get(route`plans/${id}/diff`, DiffView);
  call.show(answer, (plan) =>
    [tellPlan(plan), tellDiff(diff.body), tellWaiting(why.body, plan)]
      .filter((part) => part !== '')
      .join('\n'),
  );
}

function tellState(plan: PlanView): string {
  const said = plan.message === undefined ? [] : [plain(plan.message)];
  return [planTitle(plan), plain(plan.state), ...said].join(': ');
}
