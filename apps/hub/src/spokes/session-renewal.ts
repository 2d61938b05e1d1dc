import type { Store } from '@apollo-deploy/orchestration';
import type { EventLog } from './event-log.js';
import type { SessionRegistry } from './session-registry.js';

const REASON = 'the database of the hub may have lost what it was told; say it again';

export interface SessionRenewalOptions {
  readonly store: Pick<Store, 'onCommit'>;
  readonly sessions: Pick<SessionRegistry, 'renew'>;
  readonly log: EventLog;
}

/**
 * Has every spoke connect anew once the store may have lost its last writes: verdicts and states that
 * were acknowledged are told again in the next session, and offers that are open once more are sent
 * again.
 */
export class SessionRenewal {
  private unsubscribe: () => void = () => undefined;

  constructor(private readonly options: SessionRenewalOptions) {}

  start(): void {
    const { store, sessions, log } = this.options;
    this.unsubscribe = store.onCommit(({ rewound }) => {
      if (rewound !== true) return;
      log.warn({ msg: 'another database server has taken over; all spokes are asked anew' });
      sessions.renew(REASON);
    });
  }

  stop(): void {
    this.unsubscribe();
  }
}
