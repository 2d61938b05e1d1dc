import {
  type AskedOutside,
  type Deployment,
  type DeploymentTarget,
  unheard,
} from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import { addConstraintIn, removeConstraintIn } from '../constraints/add-constraint.js';
import type { Context } from '../context.js';
import { ENGINE, type Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

const KIND = 'suppression_window';

/** Twice as long as who is asked may take. After that no hub waits for their answer any more. */
const ANSWERED_WITHIN_MS = 60_000;

type Asked = Pick<AskedOutside, 'by' | 'askedAt'> & Required<Pick<AskedOutside, 'until'>>;

/**
 * Notes at the entities that are not there yet who is to bring them, and lets nothing else go to
 * any entity of the deployment until then, in place of what kept it from them before. The caller saves it.
 */
export async function setAside(
  context: Context,
  unit: UnitOfWork,
  { principal, deployment }: { readonly principal: Principal; readonly deployment: Deployment },
  asked: Asked,
): Promise<Deployment> {
  await freeAgain(context, unit, principal, deployment);
  const suppression = await suppress(context, unit, principal, {
    ...{ deployment, reason: tell(deployment, asked), until: asked.until },
  });
  return withOutside(deployment, (target) =>
    target.state === 'waiting' || target.state === 'started'
      ? { ...asked, suppression }
      : target.outside,
  );
}

/** Takes away what keeps everything from the entities of a deployment; nothing where that was done already. */
export async function freeAgain(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  deployment: Deployment,
): Promise<void> {
  const id = suppressionOf(deployment);
  // A person may have lifted it.
  if (id !== undefined) await removeConstraintIn(context, unit, principal, { id, kind: KIND });
}

/** What keeps everything from the entities of a deployment, by its id, if anything does. */
export function suppressionOf({ targets }: Deployment): string | undefined {
  return targets.flatMap(({ outside }) => outside?.suppression ?? [])[0];
}

/** As a deployment is kept once they have answered, or are asked no more. */
export function noLongerAsked(deployment: Deployment): Deployment {
  return withOutside(deployment, ({ outside }) => {
    if (outside === undefined) return undefined;
    const { until: _, unanswered: __, suppression: ___, ...rest } = outside;
    return rest;
  });
}

/**
 * Of a deployment that ends before their answer was heard, though its spokes have seen what they
 * brought: nothing is kept from there longer than their answer may take. Where the hub that asked
 * them has ended, nobody else would see to it. The caller saves it.
 */
export async function endOutside(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
): Promise<Deployment> {
  const asked = deployment.targets.flatMap(({ outside }) => outside ?? []);
  const [waited] = asked.filter(({ until }) => until !== undefined);
  if (waited === undefined || asked.some(({ seen }) => seen !== true)) return deployment;
  const { by, askedAt, suppression: id = '' } = waited;
  const now = context.clock.now();
  const untilMs = Date.parse(askedAt ?? now.toISOString()) + ANSWERED_WITHIN_MS;
  // A person may have lifted it.
  const isSuppressed = (await unit.constraints.get(id)) !== undefined;
  await freeAgain(context, unit, ENGINE, deployment);
  let suppression: string | undefined;
  if (isSuppressed && untilMs > now.getTime()) {
    const until = new Date(untilMs).toISOString();
    const reason = `${by} brought ${deployment.toVersion} and may still be about to answer`;
    suppression = await suppress(context, unit, ENGINE, { deployment, reason, until });
  }
  return withOutside(deployment, ({ outside }) => {
    if (outside === undefined) return undefined;
    return { ...unheard(outside), ...(suppression !== undefined && { suppression }) };
  });
}

/** Lets nothing go to the entities of a deployment, whatever it is for; answers by which constraint. */
async function suppress(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  wanted: { readonly deployment: Deployment; readonly reason: string; readonly until: string },
): Promise<string> {
  const { deployment, reason, until: end } = wanted;
  const { environment, targets } = deployment;
  const start = context.clock.now().toISOString();
  const added = await addConstraintIn(context, unit, principal, {
    kind: KIND,
    spec: { start, end, reason, hard: true },
    scope: { environments: [environment], entities: targets.map(({ entity }) => entity) },
  });
  if (!added.ok) throw new InvariantViolation(added.error.detail);
  return added.value.id;
}

function tell({ service, toVersion }: Deployment, { by, askedAt }: Asked): string {
  return askedAt === undefined
    ? `what runs is backed up, and then ${by} is asked to take ${service} back to ${toVersion}`
    : `${by} was asked at ${askedAt} to take ${service} back to ${toVersion}, and nobody has heard its answer yet`;
}

function withOutside(
  deployment: Deployment,
  change: (target: DeploymentTarget) => AskedOutside | undefined,
): Deployment {
  const targets = deployment.targets.map((target) => {
    const { outside: _, ...own } = target;
    const outside = change(target);
    return outside === undefined ? own : { ...own, outside };
  });
  return { ...deployment, targets };
}
