import {
  type Deployment,
  momentsOf,
  newNotification,
  type Notice,
  noticesOf,
  type Receiver,
} from '@apollo-deploy/domain';
import { overlaid } from '../events/overlaid.js';
import type { Clock } from '../ports/clock.js';
import type { DeploymentRepository } from '../ports/deployment-repository.js';
import type { Ids } from '../ports/ids.js';
import type { Store } from '../ports/store.js';
import { StoreDecorator } from '../ports/store-decorator.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

export interface NotifyingOptions {
  /** Those who are there to be told. */
  readonly receivers: readonly Receiver[];
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * A store that writes what others are to be told of a deployment, in the transaction in which it comes to
 * that. Whoever changes deployments through it need not think of that, and cannot forget it.
 */
export class NotifyingStore extends StoreDecorator {
  constructor(
    store: Store,
    private readonly options: NotifyingOptions,
  ) {
    super(store);
  }

  transact<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    return this.store.transact((unit) => {
      const tell = (deployment: Deployment, steps: number): Promise<void> =>
        unit.notifications.add(this.notificationsOf(deployment, steps));
      return work({ ...unit, deployments: telling(unit.deployments, tell) });
    });
  }

  /** What is told of all steps but the first few, which were told of. */
  private notificationsOf(
    deployment: Deployment,
    told: number,
  ): ReturnType<typeof newNotification>[] {
    const { clock, ids } = this.options;
    const { id, environment } = deployment;
    return this.noticesSince(deployment, told).map((notice) =>
      newNotification(notice, { id: ids.next(), deployment: id, environment }, clock.now()),
    );
  }

  private noticesSince(deployment: Deployment, told: number): readonly Notice[] {
    const { kind, steps } = deployment;
    return steps
      .slice(told)
      .flatMap(({ status }, index) => momentsOf(steps[told + index - 1]?.status, { kind, status }))
      .flatMap((moment) => noticesOf(moment, deployment))
      .filter(({ receiver }) => this.options.receivers.includes(receiver));
  }
}

/** Deployments of one transaction, which tell of each step once. */
function telling(
  deployments: DeploymentRepository,
  tell: (deployment: Deployment, told: number) => Promise<void>,
): DeploymentRepository {
  return overlaid(deployments, {
    async insert(deployment) {
      const inserted = await deployments.insert(deployment);
      if (inserted.ok) await tell(inserted.value, 0);
      return inserted;
    },
    async save(deployment) {
      const before = await deployments.get(deployment.id);
      const saved = await deployments.save(deployment);
      if (saved.ok) await tell(saved.value, before?.steps.length ?? 0);
      return saved;
    },
  });
}
