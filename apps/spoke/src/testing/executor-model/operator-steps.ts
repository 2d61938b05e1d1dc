import { headOf, type HelmReport } from '@apollo-deploy/helm';
import type { ReleaseAsk } from '@apollo-deploy/helm/testing';
import { mayHaveTouched } from '../../execution/plan-facts.js';
import { releaseOperationOf } from '../../execution/release-operation-of.js';
import type { Step } from '../explorer.js';
import type { HelmChild } from './helm-steps.js';
import { INVARIANTS, type ModelState, type Operation, type Place } from './model-state.js';
import { headRevision, restated, VALUES_DIGEST, type Revision } from './release-world.js';
import { BEFORE, IDLE, leftOf, recorded, type SpokeInState } from './spoke-in-state.js';
import { endOf, type World } from './world.js';

/** Helm ends with 1 either way; here 2 stands for what it says of itself after it has begun. */
const SAYS = ['', 'Error: release: already exists', 'Error: context canceled'] as const;

/** What the operator does on a release that is claimed: decides, runs Helm, and judges what came of it. */
export class OperatorSteps {
  constructor(private readonly here: SpokeInState) {}

  operate(came: Operation): Step<ModelState> {
    const { world, state } = this.here;
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
        return this.here.step(name, { at: 'operate', operation: repaired }, this.repair());
      }
      case 'remove':
      case 'command': {
        const verb = action.run === 'remove' ? 'uninstall' : verbOf(ask);
        const helm: HelmChild = {
          ...{ plan, verb, content: world.sketch(plan).content, backTo: operation.backTo ?? 0 },
          ...{ at: 'started', uid: 0, exitCode: null },
        };
        const bad = this.brokenByHelmOf(operation);
        return this.here.step(name, { at: 'helm', operation }, { ...state, bad }, { helm });
      }
    }
  }

  /** The command has ended: what does the release say? */
  collect(came: Operation): Step<ModelState> {
    const { world, state } = this.here;
    const { verb = 'uninstall', exitCode = null } = this.here.spoke.helm ?? {};
    const commands = [...came.commands, { verb, exitCode }];
    const operation = { ...came, commands };
    const name = `sees what helm did for ${came.plan}`;
    const after = world.observe(state.release);
    const ask = this.ask(operation);
    const removing = verb === 'uninstall' && ask.operation.type === 'install';
    if (removing && after.kind === 'absent') {
      const to: Place = { at: 'operate', operation: { ...operation, removed: true } };
      return this.here.step(name, to, state, { helm: null });
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
    to: ModelState = this.here.state,
  ): Step<ModelState> {
    const { world } = this.here;
    const { plan } = operation;
    const after = world.observe(to.release);
    const head = headOf(after);
    const report = {
      ...verdict,
      ...{ before: world.observe(operation.first), after, head },
      commands: operation.commands.map(traceOf),
      repairs: operation.repaired ? [{ revision: 0, secretUid: '', was: '', own: false }] : [],
    } as HelmReport;
    const { claim } = world.ledger(this.here.state);
    const touched = operation.resumed && claim !== null && mayHaveTouched(claim, after);
    const next = world.rules.afterHelm(report, touched);
    const helm = { helm: null };
    if (next.next === 'wait') return this.here.step(name, IDLE, to, helm);
    if (next.next === 'verify') {
      return this.here.step(name, { at: 'verify', plan, left: leftOf(head) }, to, helm);
    }
    const place = recorded(plan, endOf(next.verdict), leftOf(next.left), this.here.self.instance);
    return this.here.step(name, place, to, helm);
  }

  /** Marks the pending record at the head failed; whether anybody lives behind it is checked. */
  private repair(): ModelState {
    const { world, state } = this.here;
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
    const { foreign, spokes, orphans } = this.here.state;
    const helms = [...spokes, ...orphans].map(({ helm }) => helm);
    return (
      (foreign?.uid === head.uid && showsStranger(head, foreign.removes)) ||
      helms.some((helm) => helm !== null && helm.at !== 'ended' && helm.uid === head.uid)
    );
  }

  /** Helm is about to be started: on what? */
  private brokenByHelmOf(operation: Operation): string | null {
    if (!this.isOnBase(operation)) return INVARIANTS.base;
    const head = headRevision(this.here.world.release(this.here.state));
    return head !== undefined && this.isAtWork(head) ? INVARIANTS.living : this.here.state.bad;
  }

  private isOnBase({ plan, removed }: Operation): boolean {
    const { world, state } = this.here;
    const base = headRevision(world.releases.value(this.here.plan(plan).base));
    const head = headRevision(world.release(state));
    return head === undefined ? base === undefined || removed : head.uid === base?.uid;
  }

  private ask({ plan, deadVersion, baseUid, backTo, removed }: Operation): ReleaseAsk {
    const { world, state } = this.here;
    const deadHolder = world.rules.isProvenDead(world.observe(state.release), deadVersion);
    const offer = world.offer(state, plan);
    const base = { revision: offer.content.base?.revision ?? 0, secretUid: baseUid };
    const operation = releaseOperationOf({ offer, base, chartPath: 'web.tgz', rollbackTo: backTo });
    const valuesDigest = 'values' in operation ? VALUES_DIGEST : '';
    return { operation, valuesDigest, deadHolder, removed };
  }
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
