import { headOf, type HelmReport } from '@apollo-deploy/helm';
import type { ReleaseAsk } from '@apollo-deploy/helm/testing';
import { leftHead, verdictOf, type LedgerEntry } from '../../execution/ledger-entry.js';
import { isBase, lateOrCancelled, mayHaveTouched } from '../../execution/plan-facts.js';
import { hasContent, releaseOperationOf } from '../../execution/release-operation-of.js';
import type { Step } from '../explorer.js';
import type { HelmChild } from './helm-steps.js';
import {
  INVARIANTS,
  put,
  type End,
  type Left,
  type ModelState,
  type Operation,
  type Place,
  type PlanState,
  type Slot,
  type Spoke,
} from './model-state.js';
import { headRevision, recordOf, restated, VALUES_DIGEST, type Revision } from './release-world.js';
import {
  claimOf,
  endOf,
  EXPIRES_AT,
  instanceOf,
  ledgerVerdict,
  spokeOf,
  type World,
} from './world.js';

const AT = Date.parse(EXPIRES_AT);
const [BEFORE, AFTER] = [new Date(AT - 1), new Date(AT + 1)];
/** Helm ends with 1 either way; here 2 stands for what it says of itself after it has begun. */
const SAYS = ['', 'Error: release: already exists', 'Error: context canceled'] as const;
const IDLE: Place = { at: 'idle' };

/** What one spoke can do next, as `PlanRun` and the operator do it: one look or write at a time. */
export class SpokeSteps {
  constructor(
    private readonly world: World,
    private readonly state: ModelState,
    private readonly slot: Slot,
  ) {}

  all(): readonly Step<ModelState>[] {
    const { place } = this.spoke;
    if (place.at === 'idle') {
      return this.state.plans.flatMap(({ offered }, index) => {
        const plan = this.world.scenario.plans[index]?.id;
        return offered[this.slot] && plan !== undefined ? this.takeOffer(plan) : [];
      });
    }
    const next = this.next(place);
    return next === null ? [] : [next];
  }

  private next(place: Exclude<Place, { at: 'idle' }>): Step<ModelState> | null {
    switch (place.at) {
      case 'observe':
        return this.observe(place);
      case 'claim':
        return this.claim(place);
      case 'take_over':
        return this.takeOver(place);
      case 'look':
        return this.look(place);
      case 'operate':
        return this.operate(place.operation);
      case 'helm':
        return this.spoke.helm?.at === 'ended' ? this.collect(place.operation) : null;
      case 'verify':
        return this.verify(place);
      case 'settle':
        return this.settle(place);
      case 'record':
        return this.record(place);
      case 'tell': {
        const told = put(this.plan(place.plan).told, this.slot, place.end);
        return this.step(
          `tells ${place.plan} ${place.end}`,
          IDLE,
          this.withPlan(place.plan, { told }),
        );
      }
    }
  }

  private takeOffer(plan: string): Step<ModelState>[] {
    const { world, state, slot } = this;
    const entry = world.ledger(state);
    const holder = world.rules.judgeHolder(entry, {
      self: this.self,
      processes: world.processes(state, slot),
    });
    const offer = world.offer(state, plan);
    const first = world.rules.firstStep(offer, entry, { refusal: null, holder });
    const to = (place: Place) => [this.step(`takes ${plan} (${first.do})`, place)];
    switch (first.do) {
      case 'tell':
        return to({ at: 'tell', plan, end: endOf(first.verdict.verdict) });
      case 'begin':
        return to({ at: 'observe', plan, fresh: true });
      case 'resume':
        return to({ at: 'take_over', plan, fresh: true, left: world.ledgers.number(entry) });
      case 'settle':
        return to({ at: 'settle', plan: first.left.planId, left: world.ledgers.number(entry) });
      case 'end':
      case 'wait':
      case 'wait_for_holder':
        return [];
    }
  }

  private observe({ plan, fresh }: Place & { at: 'observe' }): Step<ModelState> {
    const { world, state } = this;
    const seen = world.observe(state.release);
    const next = world.rules.beforeClaim(
      world.offer(state, plan),
      world.ledger(state),
      seen,
      this.late(plan),
    );
    const name = `looks at the release for ${plan} (${next.do})`;
    if (next.do === 'wait') return this.step(name, IDLE);
    if (next.do === 'end') {
      return this.step(name, recorded(plan, endOf(next.verdict), leftOf(next.left), null));
    }
    const { done, deadHolder } = next;
    return this.step(name, { at: 'claim', plan, fresh, seen: state.release, done, deadHolder });
  }

  private claim(place: Place & { at: 'claim' }): Step<ModelState> {
    const { world, state } = this;
    const { plan, fresh, deadHolder } = place;
    const late = place.done ? null : this.late(plan);
    const seen = world.observe(place.seen);
    if (late !== null) {
      return this.step(
        `is too late for ${plan}`,
        recorded(plan, 'declined', leftOf(headOf(seen)), null),
      );
    }
    const name = `claims for ${plan}`;
    if (!world.rules.accepts(fresh)) return this.step(`${name} in vain`, IDLE);
    const offer = world.offer(state, plan);
    const base = isBase(offer.content, seen) ? (headOf(seen)?.secretUid ?? null) : null;
    const claim = claimOf(offer, this.self, base);
    const to = world.rules.claims ? this.wrote({ ...world.ledger(state), claim }) : state;
    return this.step(
      name,
      this.act(plan, place.seen, { deadHolder, baseUid: base, resumed: false }),
      to,
    );
  }

  private takeOver({ plan, fresh, left }: Place & { at: 'take_over' }): Step<ModelState> {
    const { world, state } = this;
    const { claim } = world.ledgers.value(left);
    const name = `takes over the claim of ${plan}`;
    if (claim === null || !world.rules.accepts(fresh)) return this.step(`${name} in vain`, IDLE);
    const entry = { ...world.ledger(state), claim: { ...claim, holder: this.self } };
    return this.step(name, { at: 'look', plan, left }, this.wrote(entry));
  }

  private look({ plan, left }: Place & { at: 'look' }): Step<ModelState> {
    const { world, state } = this;
    const { claim } = world.ledgers.value(left);
    const entry = world.ledger(state);
    const seen = world.observe(state.release);
    const dead = world.rules.isDeadLock(entry, claim, seen);
    const mayLive = seen.kind === 'locked' && !dead;
    const doubt =
      mayLive || claim === null ? null : world.rules.doubtfulRemoval(entry, claim, seen);
    if (doubt !== null) {
      const ended = recorded(plan, endOf(doubt), leftOf(headOf(seen)), this.self.instance);
      return this.step(`cannot tell what became of ${plan}`, ended);
    }
    const baseUid = claim?.baseSecretUid ?? null;
    const place = this.act(plan, state.release, { deadHolder: dead, baseUid, resumed: true });
    return this.step(`looks how far ${plan} came`, place);
  }

  private act(
    plan: string,
    seen: number,
    known: Pick<Operation, 'baseUid' | 'resumed'> & { readonly deadHolder: boolean },
  ): Place {
    const { world, state } = this;
    const offer = world.offer(state, plan);
    const release = world.observe(seen);
    const cancelled = world.rules.cancelledInTime(offer, release, this.cancelReason(plan));
    if (cancelled !== null) return recorded(plan, endOf(cancelled), null, this.self.instance);
    const { deadHolder, baseUid, resumed } = known;
    const deadVersion = deadHolder ? (headOf(release)?.resourceVersion ?? null) : null;
    const good = world.releases
      .value(seen)
      .revisions.filter(
        (revision) =>
          revision.number < (offer.content.base?.revision ?? 0) &&
          (revision.status === 'superseded' || revision.status === 'deployed') &&
          hasContent(recordOf(revision), offer.content),
      );
    const backTo = offer.content.type === 'rollback' ? (good.at(-1)?.number ?? null) : null;
    return {
      at: 'operate',
      operation: {
        ...{
          plan,
          baseUid,
          resumed,
          deadVersion,
          backTo,
          removed: resumed && offer.content.type === 'install',
          repaired: false,
          commands: [],
        },
        ...{ first: -1, before: -1 },
      },
    };
  }

  private operate(came: Operation): Step<ModelState> {
    const { world, state } = this;
    const first = came.first === -1 ? state.release : came.first;
    const operation = { ...came, first, before: state.release };
    const { plan } = operation;
    const ask = this.ask(operation);
    const action = world.rules.nextAction(world.observe(state.release), ask);
    const name = `decides on ${plan} (${action.run})`;
    switch (action.run) {
      case 'stop':
        return this.after(name, operation, { ...action.verdict });
      case 'repair': {
        const repaired = { ...operation, repaired: true };
        return this.step(name, { at: 'operate', operation: repaired }, this.repair());
      }
      case 'remove':
      case 'command': {
        const verb = action.run === 'remove' ? 'uninstall' : verbOf(ask);
        const helm: HelmChild = {
          ...{ plan, verb, content: world.sketch(plan).content, backTo: operation.backTo ?? 0 },
          ...{ at: 'started', uid: 0, exitCode: null },
        };
        const bad = this.brokenByHelmOf(operation);
        return this.step(name, { at: 'helm', operation }, { ...state, bad }, { helm });
      }
    }
  }

  /** The command has ended: what does the release say? */
  private collect(came: Operation): Step<ModelState> {
    const { world, state } = this;
    const { verb = 'uninstall', exitCode = null } = this.spoke.helm ?? {};
    const commands = [...came.commands, { verb, exitCode }];
    const operation = { ...came, commands };
    const name = `sees what helm did for ${came.plan}`;
    const after = world.observe(state.release);
    const ask = this.ask(operation);
    const removing = verb === 'uninstall' && ask.operation.type === 'install';
    if (removing && after.kind === 'absent') {
      const to: Place = { at: 'operate', operation: { ...operation, removed: true } };
      return this.step(name, to, state, { helm: null });
    }
    const report = world.rules.reportAfterRun({
      ...{ trace: traceOf({ verb, exitCode }), before: world.observe(came.before) },
      ...{ after, ask, aborted: false },
    });
    const mends = report.interrupted && headOf(after) !== null;
    const mended = mends ? this.repair() : state;
    return this.after(
      name,
      { ...operation, repaired: operation.repaired || mends },
      report.verdict,
      mended,
    );
  }

  private after(
    name: string,
    operation: Operation,
    verdict: Parameters<World['rules']['afterHelm']>[0] extends infer R
      ? R extends HelmReport
        ? Omit<R, 'head' | 'before' | 'after' | 'commands' | 'repairs'>
        : never
      : never,
    to: ModelState = this.state,
  ): Step<ModelState> {
    const { world } = this;
    const { plan } = operation;
    const after = world.observe(to.release);
    const head = headOf(after);
    const report = {
      ...verdict,
      ...{ before: world.observe(operation.first), after, head },
      commands: operation.commands.map(traceOf),
      repairs: operation.repaired ? [{ revision: 0, secretUid: '', was: '', own: false }] : [],
    } as HelmReport;
    const { claim } = world.ledger(this.state);
    const touched = operation.resumed && claim !== null && mayHaveTouched(claim, after);
    const next = world.rules.afterHelm(report, touched);
    const helm = { helm: null };
    if (next.next === 'wait') return this.step(name, IDLE, to, helm);
    if (next.next === 'verify') {
      return this.step(name, { at: 'verify', plan, left: leftOf(head) }, to, helm);
    }
    const place = recorded(plan, endOf(next.verdict), leftOf(next.left), this.self.instance);
    return this.step(name, place, to, helm);
  }

  private verify({ plan, left }: Place & { at: 'verify' }): Step<ModelState> {
    const { world, state } = this;
    const mine = claimOf(world.offer(state, plan), this.self, null);
    const held = world.rules.isHeldStill(world.ledger(state), mine) || !world.rules.claims;
    const to = held ? recorded(plan, 'succeeded', left, this.self.instance) : IDLE;
    return this.step(`verifies ${plan}`, to);
  }

  private settle({ plan, left }: Place & { at: 'settle' }): Step<ModelState> {
    const { world, state } = this;
    const entry = world.ledgers.value(left);
    const { claim } = entry;
    if (claim === null) throw new Error('nothing is settled without a claim');
    const seen = world.observe(state.release);
    const end = world.rules.abandonedEnd(claim, seen);
    const told = end.next === 'end' ? endOf(end.verdict) : 'succeeded';
    const dead = world.rules.isDeadLock(entry, claim, seen);
    const head = leftOf(leftHead(seen, dead));
    return this.step(`settles ${plan}`, recorded(plan, told, head, claim.holder.instance));
  }

  private record({ plan, end, left, holder }: Place & { at: 'record' }): Step<ModelState> {
    const { world, state } = this;
    const entry = world.ledger(state);
    const known = verdictOf(entry, plan);
    const held = world.rules.claims ? holder : null;
    const written = world.rules.withVerdict(entry, ledgerVerdict(plan, end, left), held);
    if (written === null) return this.step(`records ${plan} ${end} in vain`, IDLE);
    const told = endOf(verdictOf(written, plan)?.verdict ?? ledgerVerdict(plan, end, left).verdict);
    const changed = known !== undefined && told !== endOf(known.verdict);
    const to = { ...this.wrote(written), ...(changed && { bad: INVARIANTS.immutable }) };
    return this.step(`records ${plan} ${told}`, { at: 'tell', plan, end: told }, to);
  }

  /** Marks the pending record at the head failed; whether anybody lives behind it is checked. */
  private repair(): ModelState {
    const { world, state } = this;
    const release = world.release(state);
    const head = headRevision(release);
    if (head === undefined) return state;
    const description = `${head.status} was interrupted: its process is dead (${head.description})`;
    const repaired = restated(release, head.uid, { status: 'failed', description });
    return {
      ...state,
      release: world.releases.number(repaired),
      ...(this.isAtWork(head) && { bad: INVARIANTS.living }),
    };
  }

  /** True if a helm lives behind the record, as far as the record can tell. */
  private isAtWork(head: Revision): boolean {
    const { foreign, spokes, orphans } = this.state;
    const helms = [...spokes, ...orphans].map(({ helm }) => helm);
    return (
      (foreign?.uid === head.uid && showsStranger(head, foreign.removes)) ||
      helms.some((helm) => helm !== null && helm.at !== 'ended' && helm.uid === head.uid)
    );
  }

  /** Helm is about to be started: on what? */
  private brokenByHelmOf(operation: Operation): string | null {
    if (!this.isOnBase(operation)) return INVARIANTS.base;
    const head = headRevision(this.world.release(this.state));
    return head !== undefined && this.isAtWork(head) ? INVARIANTS.living : this.state.bad;
  }

  private isOnBase({ plan, removed }: Operation): boolean {
    const { world, state } = this;
    const base = headRevision(world.releases.value(this.plan(plan).base));
    const head = headRevision(world.release(state));
    return head === undefined ? base === undefined || removed : head.uid === base?.uid;
  }

  private ask({ plan, deadVersion, baseUid, backTo, removed }: Operation): ReleaseAsk {
    const { world, state } = this;
    const deadHolder = world.rules.isProvenDead(world.observe(state.release), deadVersion);
    const offer = world.offer(state, plan);
    const base = { revision: offer.content.base?.revision ?? 0, secretUid: baseUid };
    const operation = releaseOperationOf({ offer, base, chartPath: 'web.tgz', rollbackTo: backTo });
    const valuesDigest = 'values' in operation ? VALUES_DIGEST : '';
    return { operation, valuesDigest, deadHolder, removed };
  }

  private late(plan: string) {
    const now = this.plan(plan).expired ? AFTER : BEFORE;
    const facts = { cancelReason: this.cancelReason(plan), waitedFor: null };
    return lateOrCancelled(this.world.offer(this.state, plan), now, facts);
  }

  private cancelReason(plan: string): string | null {
    return this.spoke.cancelled.includes(plan) ? 'no' : null;
  }

  private get spoke(): Spoke {
    return spokeOf(this.state, this.slot);
  }

  private get self() {
    return this.world.self(this.slot, this.spoke.start);
  }

  private plan(plan: string): PlanState {
    const found = this.state.plans[this.world.index(plan)];
    if (found === undefined) throw new RangeError(`there is no plan ${plan}`);
    return found;
  }

  private withPlan(plan: string, change: Partial<PlanState>): ModelState {
    const plans = this.state.plans.with(this.world.index(plan), { ...this.plan(plan), ...change });
    return { ...this.state, plans };
  }

  private wrote(entry: LedgerEntry): ModelState {
    return withLedger(this.world, this.state, entry);
  }

  private step(
    what: string,
    place: Place,
    to: ModelState = this.state,
    more: Partial<Spoke> = {},
  ): Step<ModelState> {
    const spoke = { ...to.spokes[this.slot], ...more, place };
    const spokes = put(to.spokes, this.slot, spoke);
    const name = `${instanceOf(this.slot, this.spoke.start)} ${what}`;
    return { name, to: { ...to, spokes } };
  }
}

/** The ledger written; what the spokes hold of it is old now. */
export function withLedger(world: World, state: ModelState, entry: LedgerEntry): ModelState {
  const outdated = (spoke: Spoke): Spoke =>
    'fresh' in spoke.place ? { ...spoke, place: { ...spoke.place, fresh: false } } : spoke;
  const spokes = [outdated(state.spokes[0]), outdated(state.spokes[1])] as const;
  return { ...state, spokes, ledger: world.ledgers.number(entry) };
}

function recorded(plan: string, end: End, left: Left | null, holder: string | null): Place {
  return { at: 'record', plan, end, left, holder };
}

function leftOf(head: Left | null): Left | null {
  if (head === null) return null;
  const { secretUid, status, resourceVersion } = head;
  return { secretUid, status, resourceVersion };
}

function verbOf({ operation: { type } }: ReleaseAsk): HelmChild['verb'] {
  return type === 'config_update' ? 'upgrade' : type;
}

function traceOf({ verb, exitCode }: Pick<HelmChild, 'verb' | 'exitCode'>) {
  return {
    ...{ verb, summary: `helm ${verb} web`, exitCode, timedOut: false },
    signal: exitCode === null ? ('SIGKILL' as const) : null,
    ...{ stdoutTail: '', stderrTail: SAYS[exitCode ?? 0] },
    ...{ startedAt: BEFORE, endedAt: BEFORE },
  };
}

/**
 * False where a helm of ours has since written over what a stranger's did: that was on its way when the
 * stranger's began, and Helm has no lock to keep either from it.
 */
function showsStranger({ status, deletedBy = '' }: Revision, removes: boolean): boolean {
  return deletedBy === '' && (!removes || status === 'uninstalling');
}
