import { glassesIn, type Noted, type Plan, type Refusal } from '@apollo-deploy/domain';
import { InvariantViolation, type Json, ok, type Result } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import type { OutboxMessage } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { readsBreakGlass, wantsSignedPlans } from '../spokes/capabilities.js';
import { coveringPlan } from './covering-plan.js';
import { offerPayload } from './offer-payload.js';
import { signerFor } from './signer-for.js';

type Payload = OutboxMessage['payload'];

interface OfferTerms {
  readonly now: Date;
  readonly expiresAt: string;
  readonly windowEnd: string | undefined;
  /** What speaks against the plan and does not hold it. */
  readonly noted: readonly Noted[];
}

/**
 * The offer as it goes to the plan's spoke: signed, if that carries out nothing else. Refused where
 * there is no key to sign with, or none by which that spoke goes; a replica that has it sends the plan
 * then.
 */
export async function offerMessage(
  context: Pick<Context, 'signer'>,
  unit: UnitOfWork,
  plan: Plan,
  terms: OfferTerms,
): Promise<Result<Payload, Refusal>> {
  const spoke = await unit.spokes.get(plan.spoke);
  const offer = await offerPayload(unit, plan, terms);
  if (spoke?.hello === undefined || !wantsSignedPlans(spoke.hello)) return ok(offer);
  const signer = signerFor(context, plan, spoke.hello, terms.now);
  if (!signer.ok) return signer;
  const breakGlass = readsBreakGlass(spoke.hello) ? await glassesOf(unit, terms.noted) : [];
  const envelope = await signer.value.sign({
    ...offer,
    ...(breakGlass.length > 0 && { breakGlass }),
    audience: { spoke: plan.spoke, clusterUid: spoke.hello.clusterUid },
    notBefore: terms.now.toISOString(),
    chartBytes: await chartBytesOf(unit, plan),
    approvals: await approvalsOf(unit, plan),
  });
  return ok({ planId: plan.id, attempt: plan.attempt, envelope });
}

/** Null where there is no chart, or not the one of the release any more. */
async function chartBytesOf(unit: UnitOfWork, { product, to, content }: Plan): Promise<Json> {
  if (content.chart === null || to === null) return null;
  const release = await unit.releases.get(product, to.version);
  return release?.chart.sha256 === content.chart.sha256 ? release.chart.size : null;
}

/** By which break-glasses it goes, as an offer tells them. */
async function glassesOf(unit: UnitOfWork, noted: readonly Noted[]): Promise<readonly Json[]> {
  const told: Json[] = [];
  for (const id of glassesIn(noted)) {
    const glass = await unit.breakGlasses.get(id);
    if (glass === undefined) throw new InvariantViolation(`break-glass ${id} is gone`);
    const { waives, openedBy, reason, until } = glass;
    told.push({ id, waives: [...waives], by: openedBy, reason, until });
  }
  return told;
}

/** As many as an offer takes. */
const MOST_APPROVALS = 64;

/** Who has said yes to this content, or to that of the plan which covers it. */
async function approvalsOf(unit: UnitOfWork, plan: Plan): Promise<Json> {
  const cover = await coveringPlan(unit, plan);
  const { digest } = cover ?? plan;
  const said =
    cover === undefined
      ? await unit.approvals.standing([plan.entity])
      : await unit.approvals.consumedBy([cover.id]);
  return said
    .filter((one) => one.digest === digest)
    .slice(-MOST_APPROVALS)
    .map(({ by, roles, at }) => ({ by, roles, at, digest }));
}
