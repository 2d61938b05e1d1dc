import type { Command } from 'commander';
import { Type } from 'typebox';
import type { Call } from '../call.js';
import { CommandEnded } from '../command-ended.js';
import { EXIT } from '../exit-code.js';
import { nameOf } from '../hub/name-of.js';
import { route } from '../hub/route.js';
import { plain } from '../output/plain.js';
import { DiffView, PlanView } from '../plans/plan-view.js';
import { tellDiff } from '../plans/tell-diff.js';
import { planTitle, tellMissing, tellPlan } from '../plans/tell-plan.js';
import type { Surroundings } from '../surroundings.js';
import { calling, given } from './define.js';
import { addDecision, planRoute } from './plans.js';

interface ApproveOptions {
  readonly digest?: string;
  readonly comment?: string;
  readonly yes?: true;
}

const Lapses = Type.Object({ lapses: Type.Array(Type.Object({ message: Type.String() })) });
const ApprovedPlan = Type.Intersect([PlanView, Lapses]);

const NOBODY_TO_ASK =
  'nothing was approved, for nobody is here to be asked: give the digest that you have looked at (--digest), or --yes for whatever is shown';

/** What people say about plans. */
export function addApprovals(program: Command, surroundings: Surroundings): void {
  program
    .command('approve')
    .argument('<id>')
    .description('agree to exactly what a plan would run, after showing it')
    .option('--digest <sha256>', 'only if this is what it would run; asks nothing')
    .option('--comment <text>', 'kept with the approval')
    .option('-y, --yes', 'whatever is shown; asks nothing')
    .action(
      calling<ApproveOptions>(surroundings, (call, options, id = '') => approve(call, id, options)),
    );
  addDecision(program, surroundings, 'reject', 'say no to a plan; it ends, and is not made again');
  addDecision(program, surroundings, 'withdraw', 'take your approval back, until the plan goes');
}

/** What is approved is the digest of what was shown, so nothing else can be. */
async function approve(call: Call, id: string, options: ApproveOptions): Promise<void> {
  const { body: plan } = await call.hub.get(planRoute(id), PlanView);
  const { body: diff } = await call.hub.get(route`plans/${id}/diff`, DiffView);
  call.present([tellPlan(plan), tellDiff(diff), ...heldBy(plan)].join('\n'));
  const { digest = plan.digest, comment, yes } = options;
  if (digest !== plan.digest) throw otherDigest(plan, digest);
  const name = await nameOf(call.hub);
  const isSure = yes === true || options.digest !== undefined;
  await call.confirm(`Approve exactly this, as ${name}?`, isSure, NOBODY_TO_ASK);
  const answer = await call.hub.send('POST', route`plans/${id}/approve`, ApprovedPlan, {
    body: { digest: plan.digest, ...given({ comment }) },
  });
  call.show(answer, (approved) =>
    [
      `approved by ${name}: ${planTitle(plan)}, digest ${plain(plan.digest)}`,
      tellMissing(approved),
    ].join('\n'),
  );
  for (const { message } of answer.body.lapses) call.warn(`warning: ${plain(message)}`);
}

function heldBy({ violations }: PlanView): readonly string[] {
  if (violations.length === 0) return [];
  return [
    'waits for',
    ...violations.map(({ code, message }) => `  ${plain(code)}: ${plain(message)}`),
  ];
}

function otherDigest({ id, digest }: PlanView, wanted: string): CommandEnded {
  return new CommandEnded(
    EXIT.refused,
    `nothing was approved: plan ${plain(id)} would run ${plain(digest)}, not ${plain(wanted)}; look at it as shown above, then approve its digest`,
  );
}
