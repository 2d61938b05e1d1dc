import { headOf, type ReleaseState } from '@apollo-deploy/helm';
import { jsonDigest } from '@apollo-deploy/kernel';
import { releaseDigest, type PlanOffer, type PlanVerdict } from '@apollo-deploy/protocol';
import type { Self } from '../../execution/judge-holder.js';
import type { LedgerEntry, LedgerVerdict } from '../../execution/ledger-entry.js';
import type { RunningProcess } from '../../execution/process-table.js';
import type { HelmChild } from './helm-steps.js';
import {
  SLOTS,
  type End,
  type Left,
  type ModelState,
  type PlanSketch,
  type Scenario,
  type Slot,
  type Spoke,
} from './model-state.js';
import { Interned, observed, VALUES, VALUES_DIGEST, type Release } from './release-world.js';
import type { Rules } from './rules.js';

export const EXPIRES_AT = '2026-03-02T12:00:00Z';
const LONG_AGO = '2026-03-02T11:00:00Z';

/** What stays the same while a scenario is explored, and what is remembered for speed. */
export class World {
  readonly releases = new Interned<Release>();
  readonly ledgers = new Interned<LedgerEntry>();
  private readonly seen = new Map<number, ReleaseState>();
  private readonly offers = new Map<string, PlanOffer>();

  constructor(
    readonly scenario: Scenario,
    readonly rules: Rules,
  ) {}

  index(plan: string): number {
    return this.scenario.plans.findIndex(({ id }) => id === plan);
  }

  sketch(plan: string): PlanSketch {
    const sketch = this.scenario.plans[this.index(plan)];
    if (sketch === undefined) throw new RangeError(`there is no plan ${plan}`);
    return sketch;
  }

  release(state: ModelState): Release {
    return this.releases.value(state.release);
  }

  ledger(state: ModelState): LedgerEntry {
    return this.ledgers.value(state.ledger);
  }

  /** The release with this number, as the spoke observes it. */
  observe(release: number): ReleaseState {
    const known = this.seen.get(release);
    if (known !== undefined) return known;
    const state = observed(this.releases.value(release));
    this.seen.set(release, state);
    return state;
  }

  /** The offer of a plan as the hub made it, for the release it was made for. */
  offer(state: ModelState, plan: string): PlanOffer {
    const base = state.plans[this.index(plan)]?.base ?? 0;
    const key = `${plan} on ${base}`;
    const known = this.offers.get(key);
    if (known !== undefined) return known;
    const made = this.makeOffer(plan, base);
    this.offers.set(key, made);
    return made;
  }

  private makeOffer(plan: string, base: number): PlanOffer {
    const { type, content: version } = this.sketch(plan);
    const head = headOf(this.observe(base));
    const removes = type === 'uninstall';
    const content: PlanOffer['content'] = {
      ...{ entity: 'web', spoke: 'dev', namespace: 'shop', releaseName: 'web', type },
      base: head && { revision: head.revision, releaseDigest: releaseDigest(head) },
      chart: removes ? null : { name: 'web', version, sha256: VALUES_DIGEST },
      valuesDigest: removes ? null : VALUES_DIGEST,
      ...{ strategy: 'rolling', rolloutTimeoutSeconds: 300 },
    };
    const digest = jsonDigest(content);
    return { planId: plan, attempt: 1, content, digest, values: VALUES, expiresAt: EXPIRES_AT };
  }

  self(slot: Slot, start: number): Self {
    const agent = { pid: pidOf(slot, start), startedAt: `${start}` };
    return { instance: instanceOf(slot, start), host: this.host(slot), agent };
  }

  /** What runs on the machine of a spoke. */
  processes(state: ModelState, slot: Slot): RunningProcess[] {
    const here = SLOTS.filter((other) => this.host(other) === this.host(slot));
    const agents = here.map((other) => {
      const { start } = spokeOf(state, other);
      const pid = pidOf(other, start);
      return { pid, processGroup: pid, startedAt: `${start}`, argv: ['node', 'spoke'] };
    });
    const children = here.map((other) => spokeOf(state, other).helm);
    const orphans = state.orphans.filter((orphan) => here.includes(orphan.slot));
    const helms = [...children, ...orphans.map(({ helm }) => helm)];
    return [...agents, ...helms.flatMap((helm, index) => runningHelm(helm, 5000 + index))];
  }

  private host(slot: Slot): string {
    return this.scenario.apart === true ? `node-${slot}` : 'node';
  }
}

function runningHelm(helm: HelmChild | null, pid: number): RunningProcess[] {
  if (helm === null || helm.at === 'ended') return [];
  const argv = ['helm', helm.verb, 'web', '--namespace', 'shop'];
  return [{ pid, processGroup: pid, startedAt: `${pid}`, argv }];
}

export function spokeOf(state: ModelState, slot: Slot): Spoke {
  return state.spokes[slot];
}

export function instanceOf(slot: Slot, start: number): string {
  return `spoke-${slot}.${start}`;
}

function pidOf(slot: Slot, start: number): number {
  return 100 * (slot + 1) + start;
}

/** A verdict of production, in one word. */
export function endOf(verdict: PlanVerdict): End {
  return verdict.verdict === 'failed' ? verdict.outcome : verdict.verdict;
}

export function ledgerVerdict(planId: string, end: End, head: Left | null): LedgerVerdict {
  return {
    ...{ planId, attempt: 1, at: LONG_AGO, verdict: verdictOfEnd(end) },
    ...(head !== null && { head }),
  };
}

function verdictOfEnd(end: End): PlanVerdict {
  const told = { message: '', evidence: {} };
  switch (end) {
    case 'succeeded':
    case 'unknown':
      return { verdict: end, ...told };
    case 'declined':
      return { verdict: 'declined', reason: 'base_moved', ...told };
    default:
      return { verdict: 'failed', outcome: end, reason: '', interrupted: false, ...told };
  }
}

export const NO_CLAIM: LedgerEntry = {
  release: { namespace: 'shop', releaseName: 'web' },
  ...{ claim: null, verdicts: [], confirmedDead: null, version: null },
};

/** A claim of production, without what time and chance put into it. */
export function claimOf(offer: PlanOffer, holder: Self, baseSecretUid: string | null) {
  const { planId, attempt, content } = offer;
  return { planId, attempt, epoch: 1, holder, claimedAt: LONG_AGO, content, baseSecretUid };
}
