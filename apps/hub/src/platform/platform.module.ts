import type { ReadConstraint } from '@apollo-deploy/domain';
import { type DynamicModule, Logger, Module } from '@nestjs/common';
import {
  AnnouncingStore,
  type Clock,
  type Context,
  type Ids,
  OrchestrationEngine,
  type Store,
} from '@apollo-deploy/orchestration';
import type { HubConfig } from '../config/hub-config.js';
import { CLOCK, CONTEXT, ENGINE, HUB_CONFIG, IDS, STORE } from './tokens.js';

/** What a hub is made of; whoever makes them also closes the store. */
export interface HubParts {
  readonly config: HubConfig;
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Makes the parts, and the engine that works on them, injectable everywhere. */
@Module({})
export class PlatformModule {
  static with({ config, store: given, clock, ids }: HubParts): DynamicModule {
    const store = new AnnouncingStore(given, clock);
    const context: Context = { store, clock, ids, startedAt: clock.now() };
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
