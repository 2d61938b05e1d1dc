import { headOf } from '@apollo-deploy/helm';
import { isBase } from '../../execution/plan-facts.js';
import { hasContent } from '../../execution/release-operation-of.js';
import type { Step } from '../explorer.js';
import type { ModelState, Operation, Place } from './model-state.js';
import { recordOf } from './release-world.js';
import { IDLE, leftOf, recorded, type SpokeInState } from './spoke-in-state.js';
import { claimOf, endOf } from './world.js';

/** How a plan comes to its claim: a look at the release, the claim itself or that of a dead spoke, another look. */
export class ClaimSteps {
  constructor(private readonly here: SpokeInState) {}

  observe({ plan, fresh }: Place & { at: 'observe' }): Step<ModelState> {
    const { world, state } = this.here;
    const seen = world.observe(state.release);
    const next = world.rules.beforeClaim(
      world.offer(state, plan),
      world.ledger(state),
      seen,
      this.here.late(plan),
    );
    const name = `looks at the release for ${plan} (${next.do})`;
    if (next.do === 'wait') return this.here.step(name, IDLE);
    if (next.do === 'end') {
      return this.here.step(name, recorded(plan, endOf(next.verdict), leftOf(next.left), null));
    }
    const { done, deadHolder } = next;
    return this.here.step(name, {
      at: 'claim',
      plan,
      fresh,
      seen: state.release,
      done,
      deadHolder,
    });
  }

  claim(place: Place & { at: 'claim' }): Step<ModelState> {
    const { world, state } = this.here;
    const { plan, fresh, deadHolder } = place;
    const late = place.done ? null : this.here.late(plan);
    const seen = world.observe(place.seen);
    if (late !== null) {
      return this.here.step(
        `is too late for ${plan}`,
        recorded(plan, 'declined', leftOf(headOf(seen)), null),
      );
    }
    const name = `claims for ${plan}`;
    if (!world.rules.accepts(fresh)) return this.here.step(`${name} in vain`, IDLE);
    const offer = world.offer(state, plan);
    const base = isBase(offer.content, seen) ? (headOf(seen)?.secretUid ?? null) : null;
    const claim = claimOf(offer, this.here.self, base);
    const to = world.rules.claims ? this.here.wrote({ ...world.ledger(state), claim }) : state;
    return this.here.step(
      name,
      this.act(plan, place.seen, { deadHolder, baseUid: base, resumed: false }),
      to,
    );
  }

  takeOver({ plan, fresh, left }: Place & { at: 'take_over' }): Step<ModelState> {
    const { world, state } = this.here;
    const { claim } = world.ledgers.value(left);
    const name = `takes over the claim of ${plan}`;
    if (claim === null || !world.rules.accepts(fresh))
      return this.here.step(`${name} in vain`, IDLE);
    const entry = { ...world.ledger(state), claim: { ...claim, holder: this.here.self } };
    return this.here.step(name, { at: 'look', plan, left }, this.here.wrote(entry));
  }

  look({ plan, left }: Place & { at: 'look' }): Step<ModelState> {
    const { world, state } = this.here;
    const { claim } = world.ledgers.value(left);
    const entry = world.ledger(state);
    const seen = world.observe(state.release);
    const dead = world.rules.isDeadLock(entry, claim, seen);
    const mayLive = seen.kind === 'locked' && !dead;
    const doubt =
      mayLive || claim === null ? null : world.rules.doubtfulRemoval(entry, claim, seen);
    if (doubt !== null) {
      const ended = recorded(plan, endOf(doubt), leftOf(headOf(seen)), this.here.self.instance);
      return this.here.step(`cannot tell what became of ${plan}`, ended);
    }
    const baseUid = claim?.baseSecretUid ?? null;
    const place = this.act(plan, state.release, { deadHolder: dead, baseUid, resumed: true });
    return this.here.step(`looks how far ${plan} came`, place);
  }

  private act(
    plan: string,
    seen: number,
    known: Pick<Operation, 'baseUid' | 'resumed'> & { readonly deadHolder: boolean },
  ): Place {
    const { world, state } = this.here;
    const offer = world.offer(state, plan);
    const release = world.observe(seen);
    const cancelled = world.rules.cancelledInTime(offer, release, this.here.cancelReason(plan));
    if (cancelled !== null) return recorded(plan, endOf(cancelled), null, this.here.self.instance);
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
}
