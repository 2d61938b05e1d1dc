import type { Clock } from '../ports/clock.js';
import type { Store } from '../ports/store.js';
import { StoreDecorator } from '../ports/store-decorator.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { announceApprovals } from './announce-approvals.js';
import { announceBreakGlasses } from './announce-break-glasses.js';
import { announceDeployments } from './announce-deployments.js';
import { announceEntities } from './announce-entities.js';
import { announceHolds } from './announce-holds.js';
import { announcePlans } from './announce-plans.js';
import { announceSpokes } from './announce-spokes.js';
import { EventDrafts, type HearEvents } from './event-drafts.js';

/**
 * A store that writes an event for each change of a plan, an entity, a spoke, a deployment, a hold
 * or a break-glass, in the transaction of the change. Whoever changes them through it need not think
 * of events, and cannot forget them. `hear` is told of them in the same transaction.
 */
export class AnnouncingStore extends StoreDecorator {
  constructor(
    store: Store,
    private readonly clock: Clock,
    private readonly hear?: HearEvents,
  ) {
    super(store);
  }

  transact<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    return this.store.transact(async (unit) => {
      // Of this attempt alone: a store may run a work again.
      const drafts = new EventDrafts();
      const answer = await work({
        ...unit,
        plans: announcePlans(unit.plans, drafts),
        audit: announceHolds(announceBreakGlasses(announceApprovals(unit, drafts), drafts), drafts),
        spokes: announceSpokes(unit.spokes, drafts),
        deployments: announceDeployments(unit.deployments, drafts),
        ...announceEntities(unit, drafts),
        // The events are still to come.
        finish: (ask) => ask(),
      });
      await drafts.write(unit, this.clock.now(), this.hear);
      return answer;
    });
  }
}
