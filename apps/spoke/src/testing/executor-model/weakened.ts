import { headOf, type ReleaseState } from '@apollo-deploy/helm';
import { inZone, removalOffset } from '@apollo-deploy/helm/testing';
import { releaseDigest } from '@apollo-deploy/protocol';
import { declined } from '../../execution/verdicts.js';
import { INVARIANTS, type Scenario } from './model-state.js';
import { PRODUCTION, type Rules } from './rules.js';
import {
  anUpgrade,
  aRemoval,
  aRemovalWithHooks,
  aSecondInstallation,
  twoRemovalsWithHooks,
  twoUpgrades,
} from './scenarios.js';

/** One guard taken out, and what breaks then. */
export interface Weakened {
  readonly guard: string;
  readonly scenario: Scenario;
  readonly rules: Partial<Rules>;
  readonly breaks: string;
  readonly passed?: readonly string[];
}

const { untouched, living, order, once, oneRevision, broken, base } = INVARIANTS;
/** What breaks first is told of once; then what comes of it. */
const FIRST_TO_BREAK = [living, oneRevision, once, untouched, broken];
const dead = { state: 'dead' } as const;

/** The executor without its helm processes in sight. */
const judgeHolderByAgents: Rules['judgeHolder'] = (entry, facts) => {
  const agents = facts.processes?.filter(({ argv }) => argv[0] !== 'helm') ?? null;
  return PRODUCTION.judgeHolder(entry, { ...facts, processes: agents });
};

/** The operator as if every release were what its plan was made for. */
const nextActionOnAnyBase: Rules['nextAction'] = (state, ask) => {
  const revision = headOf(state)?.revision ?? 0;
  const operation = { ...ask.operation, base: { revision, secretUid: null } };
  return PRODUCTION.nextAction(state, { ...ask, operation });
};

/** Heads told apart by their numbers alone, before the claim and after it. */
const byNumbersAlone: Partial<Rules> = {
  beforeClaim: (offer, entry, state, late) => {
    const { base } = offer.content;
    const head = headOf(state);
    const isNumber = base !== null && head?.revision === base.revision;
    const known = isNumber ? { ...base, releaseDigest: releaseDigest(head) } : base;
    const content = { ...offer.content, base: known };
    return PRODUCTION.beforeClaim({ ...offer, content }, entry, state, late);
  },
  nextAction: (state, ask) => {
    const base = { ...ask.operation.base, secretUid: null };
    return PRODUCTION.nextAction(state, { ...ask, operation: { ...ask.operation, base } });
  },
};

/** A removal under way as if the plan's own helm had begun it. */
function asOwnRemoval(planId: string, state: ReleaseState): ReleaseState {
  const deletedAt = inZone(new Date(0), removalOffset(planId));
  return state.kind === 'locked' ? { ...state, head: { ...state.head, deletedAt } } : state;
}

export const WEAKENED: readonly Weakened[] = [
  {
    guard: 'the claim in the ledger',
    scenario: anUpgrade({ reconnects: 1 }),
    rules: { claims: false },
    breaks: living,
  },
  {
    guard: 'the claim in the ledger, where nothing is ever repaired',
    scenario: anUpgrade({ reconnects: 1 }),
    rules: {
      claims: false,
      reportAfterRun: (run) => ({ ...PRODUCTION.reportAfterRun(run), interrupted: false }),
    },
    breaks: oneRevision,
  },
  {
    guard: 'the compare-and-swap of the claim',
    scenario: anUpgrade({ reconnects: 1 }),
    rules: { accepts: () => true },
    breaks: living,
  },
  {
    guard: 'the compare-and-swap of the claim, as far as effects go',
    scenario: anUpgrade({ reconnects: 1 }),
    rules: { accepts: () => true },
    breaks: once,
    passed: [living, oneRevision],
  },
  {
    guard: 'the proof of death',
    scenario: anUpgrade({ reconnects: 1 }),
    rules: { judgeHolder: () => dead },
    breaks: living,
  },
  {
    guard: 'the proof of death, as far as the next plan goes',
    scenario: twoUpgrades({ reconnects: 1, givenUp: 1 }),
    rules: { judgeHolder: () => dead },
    breaks: order,
    passed: FIRST_TO_BREAK,
  },
  {
    guard: 'the search for orphaned helm processes',
    scenario: anUpgrade({ crashes: 1 }),
    rules: { judgeHolder: judgeHolderByAgents },
    breaks: living,
  },
  {
    guard: 'the search for orphaned helm processes, as far as the next plan goes',
    scenario: twoUpgrades({ crashes: 1 }),
    rules: { judgeHolder: judgeHolderByAgents },
    breaks: order,
    passed: FIRST_TO_BREAK,
  },
  {
    guard: 'the mark of the plan on the lock it left',
    scenario: anUpgrade({ crashes: 1, foreign: 1 }),
    rules: { isDeadLock: (_entry, left, state) => left !== null && state.kind === 'locked' },
    breaks: living,
  },
  {
    guard: 'the mark of the plan on the removal it left',
    scenario: aRemoval({ crashes: 1, foreign: 1 }),
    rules: {
      isDeadLock: (entry, left, state) =>
        PRODUCTION.isDeadLock(entry, left, asOwnRemoval(left?.planId ?? '', state)),
    },
    breaks: living,
  },
  {
    guard: 'the mark of the plan on a removal that is to be mended',
    scenario: aRemoval({ crashes: 1, foreign: 1 }),
    rules: {
      reportAfterRun: (run) => {
        const after = asOwnRemoval(run.ask.operation.planId, run.after);
        return PRODUCTION.reportAfterRun({ ...run, after });
      },
    },
    breaks: living,
  },
  {
    guard: 'the proof of death for one version of a record alone',
    scenario: aSecondInstallation({ crashes: 1, foreign: 1 }),
    rules: { isProvenDead: (_state, version) => version !== null },
    breaks: living,
  },
  {
    guard: 'the version of what a verdict has left behind',
    scenario: twoRemovalsWithHooks({ crashes: 1, foreign: 1 }),
    rules: {
      beforeClaim: (offer, entry, state, late) => {
        const verdicts = entry.verdicts.map(({ head, ...verdict }) => {
          if (head === undefined) return verdict;
          const { secretUid, status } = head;
          return { ...verdict, head: { secretUid, status } };
        });
        return PRODUCTION.beforeClaim(offer, { ...entry, verdicts }, state, late);
      },
    },
    breaks: living,
  },
  {
    guard: 'the compare-and-swap on more than the revision number',
    scenario: anUpgrade({ crashes: 1, foreign: 1 }),
    rules: byNumbersAlone,
    breaks: base,
  },
  {
    guard: 'the compare-and-swap on more than the revision number, as far as effects go',
    scenario: anUpgrade({ crashes: 1, foreign: 1 }),
    rules: byNumbersAlone,
    breaks: once,
    passed: [base, oneRevision],
  },
  {
    guard: 'the wait for a lock of somebody else',
    scenario: anUpgrade({ foreign: 1 }),
    rules: {
      beforeClaim: (...facts) => {
        const next = PRODUCTION.beforeClaim(...facts);
        return next.do === 'wait' ? { do: 'claim', done: false, deadHolder: true } : next;
      },
    },
    breaks: living,
  },
  {
    guard: 'keeping the locks of strangers out of what verdicts call left behind',
    scenario: twoUpgrades({ foreign: 1 }),
    rules: {
      beforeClaim: (offer, entry, state, late) => {
        const next = PRODUCTION.beforeClaim(offer, entry, state, late);
        return next.do === 'end' ? { ...next, left: headOf(state) } : next;
      },
    },
    breaks: living,
  },
  {
    guard: 'the look for the effect before anything is called a failure',
    scenario: anUpgrade({ crashes: 1 }),
    rules: {
      nextAction: (state, ask) =>
        PRODUCTION.nextAction(state, { ...ask, operation: { ...ask.operation, planId: 'other' } }),
      afterHelm: (report) => PRODUCTION.afterHelm(report, false),
    },
    breaks: untouched,
  },
  {
    guard: 'the release before the exit code',
    scenario: anUpgrade({}),
    rules: {
      reportAfterRun: ({ trace }) => {
        const done = { result: 'applied', message: '' } as const;
        const failed = { result: 'broken', message: '', hooksMayHaveRun: false } as const;
        return { verdict: trace.exitCode === 0 ? done : failed, interrupted: false };
      },
    },
    breaks: broken,
  },
  {
    guard: 'the doubt about what Helm did before a stranger came',
    scenario: anUpgrade({ crashes: 1, foreign: 1 }),
    rules: {
      afterHelm: (report, touched) =>
        PRODUCTION.afterHelm(
          report.result === 'overtaken' ? { ...report, result: 'base_moved' } : report,
          touched,
        ),
    },
    breaks: untouched,
  },
  {
    guard: 'the doubt about what an earlier process did before a stranger came',
    scenario: anUpgrade({ crashes: 1, foreign: 1 }),
    rules: { afterHelm: (report) => PRODUCTION.afterHelm(report, false) },
    breaks: untouched,
  },
  {
    guard: 'verdicts that stick, refusals too',
    scenario: anUpgrade({ crashes: 1, cancellations: 1 }),
    rules: {
      firstStep: (offer, entry, facts) => {
        const verdicts = entry.verdicts.filter(({ verdict }) => verdict.verdict !== 'declined');
        return PRODUCTION.firstStep(offer, { ...entry, verdicts }, facts);
      },
    },
    breaks: untouched,
  },
  {
    guard: 'verdicts only by whoever holds the release',
    scenario: anUpgrade({ reconnects: 1, expiries: 1 }),
    rules: {
      withVerdict: (entry, verdict) =>
        PRODUCTION.withVerdict({ ...entry, claim: null }, verdict, null),
    },
    breaks: untouched,
  },
  {
    guard: 'cancellations only until Helm begins',
    scenario: anUpgrade({ crashes: 1, cancellations: 1 }),
    rules: {
      cancelledInTime: (_offer, _state, why) => (why === null ? null : declined('cancelled', why)),
    },
    breaks: untouched,
  },
  {
    guard: 'the evidence for plans that nobody offers again',
    scenario: twoUpgrades({ crashes: 1, givenUp: 1 }),
    rules: { abandonedEnd: () => ({ next: 'end', verdict: declined('interrupted', '') }) },
    breaks: untouched,
  },
  {
    guard: 'the doubt about a removal whose hooks may have run',
    scenario: aRemovalWithHooks({ crashes: 1 }),
    rules: { doubtfulRemoval: () => null },
    breaks: oneRevision,
  },
  {
    guard: 'the look at the head once more after the claim',
    scenario: anUpgrade({ foreign: 1 }),
    rules: { nextAction: nextActionOnAnyBase },
    breaks: base,
  },
  {
    guard: 'silence that is never failure',
    scenario: anUpgrade({}),
    rules: { silenceFails: true },
    breaks: broken,
  },
];
