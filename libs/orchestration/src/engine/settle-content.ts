import {
  carriedVersion,
  contentKey,
  type EntityFacts,
  type Proposal,
  rolloutIn,
  type RunningContent,
  runningContent,
} from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { ENGINE } from '../ports/principal.js';
import type { Settling } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { noteSuccess } from '../spokes/note-runs.js';
import { presenceOf } from '../spokes/presence.js';
import type { EvaluationSettling } from './keep-settling.js';
import type { LoadedFacts } from './load-facts.js';
import { endSuppression } from './suppressions.js';
import { isEditedSince, isUnproven } from './unproven-content.js';

/** How long content runs as desired and Healthy before it counts as having succeeded: 10 minutes. */
const SETTLING_MS = 10 * 60_000;

/**
 * What runs exactly as desired but is not what succeeded last, because it was there before Apollo or
 * got well after its plan had failed, becomes the baseline once it has been Healthy for the settling
 * time. Only what a spoke saw in one session counts: within one it reports every change, so its
 * silence hides none; in between nobody looked. In the same way edits have gone that changed nothing of
 * what runs in the end. Answers what the evaluation is to remember of it.
 */
export async function settleContent(
  context: Context,
  unit: UnitOfWork,
  facts: LoadedFacts,
  proposal: Proposal,
): Promise<EvaluationSettling> {
  const { entityFacts } = facts;
  const running = runningContent(entityFacts, proposal);
  // What goes by steps is judged by who takes them.
  if (running === undefined || rolloutIn(running.values) !== undefined) return {};
  const unproven = isUnproven(entityFacts, running);
  const entityVersion = versionIn(entityFacts, proposal, running);
  if (!unproven && (entityVersion === undefined || !isEditedSince(entityFacts))) return {};
  const now = context.clock.now();
  // Its return has it evaluated; until then time changes nothing.
  if (!isSeen(facts)) return { awaitsSpoke: true };
  const settling = settlingOf(facts, running, now);
  const until = Date.parse(settling.since) + SETTLING_MS;
  if (now.getTime() < until) return { settling, recheckAt: new Date(until).toISOString() };
  const found = { running, settling, entityVersion };
  await (unproven ? keepObserved : keepEdits)(context, unit, facts, found);
  return {};
}

/** The version of the entity, if what runs is what that asks for. */
function versionIn(
  { entity }: EntityFacts,
  { restraints }: Proposal,
  { content }: RunningContent,
): number | undefined {
  const { hold } = restraints.inForce;
  const inForce = hold === undefined ? {} : { hold };
  return carriedVersion(entity, { planClass: 'ordinary', content, restraints: inForce });
}

function isSeen({ surroundings: { spoke, presence } }: LoadedFacts): boolean {
  return presenceOf(spoke, presence) === 'connected' && spoke.stateEpoch === spoke.epoch;
}

function settlingOf(
  { lastEvaluation, surroundings: { spoke } }: LoadedFacts,
  { content }: RunningContent,
  now: Date,
): Settling {
  const key = contentKey(content);
  const before = lastEvaluation?.settling;
  const isSame = before?.contentKey === key && before.epoch === spoke.epoch;
  // What a clock began that ran ahead and was set back, begins now.
  return isSame && Date.parse(before.since) <= now.getTime()
    ? before
    : { contentKey: key, since: now.toISOString(), epoch: spoke.epoch };
}

interface Settled {
  readonly running: RunningContent;
  readonly settling: Settling;
  /** Of the entity that asks for it; absent: something else does. */
  readonly entityVersion: number | undefined;
}

async function keepObserved(
  context: Context,
  unit: UnitOfWork,
  { entityFacts }: LoadedFacts,
  { running, settling, entityVersion }: Settled,
): Promise<void> {
  const { entity, reported } = entityFacts;
  const { chart, valuesDigest } = running.content;
  const release = reported?.release;
  if (chart === null || valuesDigest === null || release === null || release === undefined) {
    throw new InvariantViolation(`what runs as ${entity.name} has no content`);
  }
  const { planId, revision, releaseDigest } = release;
  const evidence = { healthySince: settling.since, revision, releaseDigest };
  await unit.baselines.put({
    entity: entity.name,
    ...(planId !== undefined && { planId }),
    version: chart.version,
    chart,
    values: running.values,
    valuesDigest,
    contentKey: settling.contentKey,
    ...(entityVersion !== undefined && { entityVersion }),
    at: context.clock.now().toISOString(),
    how: 'observed',
    evidence,
  });
  await noteSuccess(context, unit, { entity, chart });
  await unit.declines.remove(entity.name, settling.contentKey);
  const [suppression] = await unit.suppressions.ofEntities([entity.name]);
  if (suppression?.contentKey === settling.contentKey) {
    const why = `${chart.version} has been Healthy since ${settling.since}`;
    await endSuppression(context, unit, ENGINE, suppression, why);
  }
  await record(context, unit, ENGINE, {
    action: 'baseline.observe',
    subject: `entity/${entity.name}`,
    detail: { version: chart.version, valuesDigest, ...evidence },
  });
}

/** The baseline stays what it is, with the edits that have gone with it. */
async function keepEdits(
  context: Context,
  unit: UnitOfWork,
  { entityFacts: { baseline, entity } }: LoadedFacts,
  { settling, entityVersion }: Settled,
): Promise<void> {
  if (baseline === undefined || entityVersion === undefined) {
    throw new InvariantViolation(`no edits of ${entity.name} have gone with what runs`);
  }
  await unit.baselines.put({ ...baseline, entityVersion });
  const { version, valuesDigest } = baseline;
  await record(context, unit, ENGINE, {
    action: 'baseline.observe',
    subject: `entity/${entity.name}`,
    detail: { version, valuesDigest, entityVersion, healthySince: settling.since },
  });
}
