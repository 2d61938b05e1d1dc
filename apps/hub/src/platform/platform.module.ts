import { type ReadConstraint, RECEIVERS } from '@apollo-deploy/domain';
import { type DynamicModule, Logger, Module } from '@nestjs/common';
import {
  AnnouncingStore,
  type Clock,
  type Context,
  type Ids,
  NotifyingStore,
  OrchestrationEngine,
  type PlanSigner,
  type Store,
  tellWebhooks,
  Turns,
} from '@apollo-deploy/orchestration';
import type { HubConfig } from '../config/hub-config.js';
import type { IntegrationsConfig } from '../config/integrations-config.js';
import { outsideProviders } from '../integrations/outside-providers.js';
import { systemTimer, type Timer } from '../spokes/timer.js';
import { CLOCK, CONTEXT, ENGINE, HUB_CONFIG, IDS, STORE } from './tokens.js';

/** What a hub is made of; whoever makes them also closes the store. */
export interface HubParts {
  readonly config: HubConfig;
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Absent: nothing goes to spokes that carry out signed plans only. */
  readonly signer?: PlanSigner;
  /** By which calls to those are timed who back up, watch and take back; absent = as time goes. */
  readonly timer?: Timer;
}

/** Makes the parts, and the engine that works on them, injectable everywhere. */
@Module({})
export class PlatformModule {
  static with(parts: HubParts): DynamicModule {
    const { config, store: given, clock, ids, signer, timer = systemTimer } = parts;
    const { publicUrl } = config;
    const store = new AnnouncingStore(
      tellingStore(given, config.integrations, { clock, ids }),
      clock,
      tellWebhooks({ clock, ids, ...(publicUrl !== undefined && { publicUrl }) }),
    );
    const context: Context = {
      ...{ store, clock, ids, startedAt: clock.now(), promotionPaths: config.promotionPaths },
      turns: new Turns(),
      ...(signer !== undefined && { signer }),
      ...outsideProviders(config.integrations, { clock, timer }),
    };
    return {
      module: PlatformModule,
      global: true,
      providers: [
        { provide: HUB_CONFIG, useValue: config },
        { provide: STORE, useValue: store },
        { provide: CLOCK, useValue: clock },
        { provide: IDS, useValue: ids },
        { provide: CONTEXT, useValue: context },
        {
          provide: ENGINE,
          useFactory: () => new OrchestrationEngine(context, reportBug, reportUnreadable),
        },
      ],
      exports: [HUB_CONFIG, STORE, CLOCK, IDS, CONTEXT, ENGINE],
    };
  }
}

/** Writes what others are to be told where there is anybody. */
function tellingStore(
  store: Store,
  { told }: IntegrationsConfig,
  machine: Pick<HubParts, 'clock' | 'ids'>,
): Store {
  const receivers = RECEIVERS.filter((receiver) => told[receiver] !== undefined);
  return receivers.length === 0 ? store : new NotifyingStore(store, { receivers, ...machine });
}

/** Tells whoever reads the log which entity waits until the bug is mended. */
function reportBug(entity: string, error: Error): void {
  new Logger('OrchestrationEngine').error({
    msg: 'the evaluation of an entity met a bug; its plan waits',
    entity,
    err: error,
  });
}

/** Tells whoever reads the log why nothing goes in the scope of a constraint, once for each version. */
function reportUnreadable({ stored, unreadable }: ReadConstraint): void {
  const { id, name, kind, version } = stored;
  new Logger('OrchestrationEngine').error({
    msg: 'a stored constraint cannot be read and holds every plan in its scope; bring the hub to the version that wrote it, or remove it',
    constraint: id,
    name,
    kind,
    version,
    why: unreadable,
  });
}
