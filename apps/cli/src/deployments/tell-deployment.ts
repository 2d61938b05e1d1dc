import { columns, fields } from '../output/columns.js';
import { second } from '../output/instant.js';
import { plain } from '../output/plain.js';
import { cureFor } from '../plans/tell-plan.js';
import { tellChanges } from '../plans/tell-diff.js';
import type { DeploymentView, TargetView, WaitView } from './deployment-view.js';

/** A deployment in one line, such as `promote of aria to prod, 1.0.0 -> 1.1.0`. */
export function deploymentTitle({
  kind,
  service,
  environment,
  ...of
}: Pick<DeploymentView, 'kind' | 'service' | 'environment' | 'fromVersion' | 'toVersion'>): string {
  return `${plain(kind)} of ${plain(service)} to ${plain(environment)}, ${versionsOf(of)}`;
}

/** From which version to which; `none` ran before. */
export function versionsOf({
  fromVersion = 'none',
  toVersion,
}: Pick<DeploymentView, 'fromVersion' | 'toVersion'>): string {
  return `${plain(fromVersion)} -> ${plain(toVersion)}`;
}

/** How far a deployment has come, and what it waits for. */
export function tellProgress({ status, targets, waitsFor = [] }: DeploymentView): string {
  const steps = targets.flatMap((target) => {
    const step = stepOf(target);
    return step === undefined ? [] : `  ${plain(target.entity)}: ${step}`;
  });
  return [plain(status), ...steps, ...waitsFor.flatMap(tellWait)].join('\n');
}

/** All that is told of one deployment. */
export function tellDeployment(deployment: DeploymentView): string {
  const { waitsFor = [], targets, durationSeconds, rollbackVersion, supersededBy } = deployment;
  const { restoredValues = [], breakGlassGrant: grant } = deployment;
  return [
    deploymentTitle(deployment),
    fields([
      ['deployment', deployment.id],
      ['status', deployment.status],
      ['says', deployment.notes],
      ['strategy', deployment.strategy],
      ['backup', tellBackup(deployment)],
      ['by', deployment.deployedBy],
      ['asked for', second(deployment.deployedAt)],
      ['ended', second(deployment.endedAt)],
      ['took', durationSeconds === undefined ? undefined : `${durationSeconds} s`],
      ['back to', rollbackVersion],
      ['superseded', supersededBy && `by ${supersededBy}`],
      ['break-glass', grant && tellGrant(grant)],
    ]),
    columns(
      ['ENTITY', 'SPOKE', 'STATE', 'PLAN', 'NOTE'],
      targets.map((target) => [
        ...[target.entity, target.spoke, stateOf(target), target.planId],
        noteOf(target, deployment),
      ]),
      '  ',
    ),
    ...restoredValues.flatMap(({ entity, changes, more }) => [
      `values that go back at ${plain(entity)}`,
      ...tellChanges(changes, more).map((line) => `  ${line}`),
    ]),
    ...(waitsFor.length === 0 ? [] : ['waits for', ...waitsFor.flatMap(tellWait)]),
  ].join('\n');
}

/** What became of it: one that was required and never asked for is none. */
function tellBackup({ backup, endedAt, fromVersion }: DeploymentView): string {
  if (backup !== 'required' || endedAt === undefined) return backup;
  return fromVersion === undefined
    ? 'none: nothing is known to have run before'
    : 'none: it ended without needing one';
}

function tellGrant({ until, refused }: NonNullable<DeploymentView['breakGlassGrant']>): string {
  return refused === undefined
    ? `opened when it leaves the line, if that is before ${second(until)}`
    : refused;
}

/** Why it stopped there, which is often told of the deployment already. */
function noteOf({ stopped, note }: TargetView, { notes }: DeploymentView): string | undefined {
  if (stopped === undefined) return note;
  return notes?.includes(stopped) === true ? 'as said above' : stopped;
}

/** With how far its strategy is, where that goes by steps. */
function stateOf(target: TargetView): string {
  const step = stepOf(target);
  return step === undefined ? target.state : `${target.state}, ${step}`;
}

function stepOf({ rollout }: TargetView): string | undefined {
  if (rollout === undefined) return undefined;
  const { step, steps, weight } = rollout;
  return `step ${String(step)} of ${String(steps)} (${String(weight)} %)`;
}

function tellWait({ code, message, cure, plan, until }: WaitView): readonly string[] {
  const command = plan === undefined ? undefined : cureFor(code, plan);
  return [
    `  ${plain(code)}: ${plain(message)}${until === undefined ? '' : `, until ${plain(second(until))}`}`,
    ...(cure === undefined ? [] : [`    cure: ${plain(cure)}`]),
    ...(command === undefined ? [] : [`    here: apolloctl plan ${plain(plan)}, then ${command}`]),
  ];
}
