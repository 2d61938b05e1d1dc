import { columns, fields, listed } from '../output/columns.js';
import { second } from '../output/instant.js';
import { plain } from '../output/plain.js';
import type { ExplainView, GateView, PlanView } from './plan-view.js';

/** What can be done from here about what holds a plan; the hub's own cures name its routes. */
const COMMANDS: ReadonlyMap<string, (id: string) => string> = new Map([
  ['approval', (id: string) => `apolloctl approve ${id}`],
  ['manual_execution', (id: string) => `apolloctl execute ${id}`],
  ['break_glass_debt', () => 'apolloctl break-glass --unreviewed'],
]);

/** What can be done from here about a condition (its code) that holds a plan; `undefined`: nothing. */
export function cureFor(code: string, planId: string): string | undefined {
  return COMMANDS.get(code)?.(plain(planId));
}

/** A plan in one line, such as `upgrade of aria-prod, 1.0.0 -> 1.1.0`. */
export function planTitle(plan: PlanView): string {
  return `${plain(plan.type)} of ${plain(plan.entity)}, ${changeOf(plan)}`;
}

/** From which version to which; `none` is no installation. */
export function changeOf({ from, to }: PlanView): string {
  return `${plain(from?.version ?? 'none')} -> ${plain(to?.version ?? 'none')}`;
}

/** What a plan would run, who must agree and who has: all that an approver answers for. */
export function tellPlan(plan: PlanView): string {
  const { from, to, rollbackTarget, cancelRequested } = plan;
  const facts = fields([
    ['plan', plan.id],
    ['product', plan.product],
    ['where', `environment ${plan.environment}, spoke ${plan.spoke}`],
    ['state', [plan.state, plan.phase].filter((word) => word !== undefined).join(', ')],
    ['says', plan.message ?? plan.progress?.message],
    ['change', changeOf({ ...plan, from, to })],
    ['chart', to?.chartSha256],
    ['values', to?.valuesDigest],
    ['if it fails', rollbackTarget && `back to ${rollbackTarget.version}`],
    ['takes over', plan.adopts === true ? 'a release that Apollo did not make' : undefined],
    ['digest', plan.digest],
    ['reason', plan.reason],
    ...askedForBy(plan),
    ['cancelled', plan.cancelReason],
    ['to be ended', cancelRequested && `${cancelRequested.by}: ${cancelRequested.reason}`],
    ...linksOf(plan),
    ['created', second(plan.createdAt)],
    ['started', second(plan.startedAt)],
    ['ended', second(plan.endedAt)],
  ]);
  return [planTitle(plan), facts, ...tellApproval(plan), ...tellNoted(plan.noted)].join('\n');
}

/** The deployment under way that asked for it, by whom and why. */
function askedForBy({ deployment }: PlanView): readonly (readonly [string, string | undefined])[] {
  if (deployment === undefined) return [];
  const { id, kind, by, reason } = deployment;
  return [
    ['deployment', `${id} (${kind})`],
    ['asked by', by],
    ['because', reason],
  ];
}

/** What holds a plan, and what can be done about it. */
export function tellWaiting(
  { unmet, noted, earliestAt }: ExplainView,
  { id, noted: shown }: PlanView,
): string {
  const held = unmet.flatMap(({ code, message, cure, earliestAt: at }) => {
    const command = cureFor(code, id);
    return [
      `  ${plain(code)}: ${plain(message)}`,
      `    cure: ${plain(cure)}`,
      ...(at === undefined ? [] : [`    at the earliest: ${plain(second(at))}`]),
      ...(command === undefined ? [] : [`    here: ${command}`]),
    ];
  });
  return [
    ...(held.length > 0 ? ['waits for', ...held] : []),
    ...tellNoted(shown === undefined ? noted : []),
    ...(earliestAt === undefined ? [] : [`may go at ${plain(second(earliestAt))}`]),
  ].join('\n');
}

/** Who is still to be asked, in a sentence; what an approval that was just given has left over. */
export function tellMissing({ approval: { satisfied, gates } }: PlanView): string {
  if (satisfied) return 'nothing about approval holds it any more';
  const open = gates.filter((gate) => !gate.satisfied);
  if (open.length === 0) return 'it needs an approval rule that says who must agree';
  return open
    .map((gate) => `still missing for ${plain(gate.rule)}: ${plain(missingOf(gate))}`)
    .join('\n');
}

function linksOf(plan: PlanView): readonly (readonly [string, string | undefined])[] {
  const { rollbackOf, rolledBackBy, supersededBy, breakGlass } = plan;
  return [
    ['went by', breakGlass && `break-glass ${listed(breakGlass)}`],
    ['rolls back', rollbackOf],
    ['rolled back', rolledBackBy && `by ${rolledBackBy}`],
    ['superseded', supersededBy && `by ${supersededBy}`],
  ];
}

function tellNoted(noted: PlanView['noted'] = []): readonly string[] {
  return noted.map(
    ({ code, message, effect }) => `${plain(effect)}: ${plain(code)}: ${plain(message)}`,
  );
}

function tellApproval({ approval: { gates, approvals } }: PlanView): readonly string[] {
  const aside = gates.flatMap(({ setAside }) => setAside);
  return [
    ...(gates.length === 0
      ? []
      : [
          'must agree',
          columns(
            ['RULE', 'LEVEL', 'ROLES', 'PEOPLE', 'MISSING'],
            gates.map((gate) => [
              ...[gate.rule, gate.level, listed(gate.requiredRoles), gate.requiredApprovers],
              missingOf(gate),
            ]),
            '  ',
          ),
        ]),
    ...(approvals.length === 0
      ? []
      : [
          'agreed',
          columns(
            ['BY', 'ROLES', 'AT', 'UNTIL', 'COMMENT'],
            approvals.map(({ by, roles, at, expiresAt, comment }) => [
              ...[by, listed(roles), second(at), second(expiresAt), comment],
            ]),
            '  ',
          ),
        ]),
    ...aside.map(({ by, message }) => `  does not count: ${plain(by)}: ${plain(message)}`),
  ];
}

function missingOf({ satisfied, missing, missingApprovers, open, satisfiable }: GateView): string {
  if (satisfied) return '';
  const others = missingApprovers - missing.length;
  const whom = [...missing, ...(others > 0 ? [`${others} more of any role`] : [])];
  return [
    listed(whom),
    ...(open ? [] : ['lower levels first']),
    ...(satisfiable ? [] : ['nobody there can']),
  ].join('; ');
}
