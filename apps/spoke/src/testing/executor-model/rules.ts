import { isProvenDead, nextAction, reportAfterRun } from '@apollo-deploy/helm/testing';
import { isHeldStill } from '../../execution/claim.js';
import { judgeHolder } from '../../execution/judge-holder.js';
import { withVerdict } from '../../execution/ledger-entry.js';
import {
  abandonedEnd,
  beforeClaim,
  cancelledInTime,
  doubtfulRemoval,
  firstStep,
} from '../../execution/next-step.js';
import { isDeadLock } from '../../execution/plan-facts.js';
import { afterHelm } from '../../execution/verdicts.js';

/** The decisions of the executor and its operator, as the model is given them. */
export const PRODUCTION = {
  abandonedEnd,
  afterHelm,
  beforeClaim,
  cancelledInTime,
  doubtfulRemoval,
  firstStep,
  isDeadLock,
  isHeldStill,
  isProvenDead,
  judgeHolder,
  nextAction,
  reportAfterRun,
  withVerdict,
  /** The API server: a write from a version that is not the stored one any more is refused. */
  accepts: (fresh: boolean): boolean => fresh,
  /** A claim is written down before Helm is started. */
  claims: true,
  /** The hub ends a plan it has heard nothing of. */
  silenceFails: false,
};
export type Rules = typeof PRODUCTION;
