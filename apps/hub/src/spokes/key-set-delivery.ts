import type { Context, KeySetRecord } from '@apollo-deploy/orchestration';
import { BackgroundLoop } from './background-loop.js';
import type { EventLog } from './event-log.js';
import type { SessionRegistry } from './session-registry.js';
import type { Timer } from './timer.js';

/** How often it is looked for key sets although nobody told of any. */
const LOOK_EVERY_MS = 30_000;
const PAGE = 200;

export interface KeySetDeliveryOptions {
  readonly context: Context;
  readonly sessions: Pick<SessionRegistry, 'all'>;
  readonly timer: Timer;
  readonly random: () => number;
  readonly log: EventLog;
}

/** Sends a key set that is added, by whichever replica, to the spokes that are connected here. */
export class KeySetDelivery {
  private readonly loop: BackgroundLoop;

  constructor(private readonly options: KeySetDeliveryOptions) {
    const { context, timer, random, log } = options;
    this.loop = new BackgroundLoop({
      name: 'sending key sets',
      everyMs: () => LOOK_EVERY_MS,
      work: () => this.turn(),
      wokenBy: {
        store: context.store,
        by: ({ keySets, missed }) => keySets === true || missed === true,
      },
      ...{ timer, random, log },
    });
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async turn(): Promise<void> {
    const { context, sessions } = this.options;
    const told = sessions.all().flatMap(({ toldKeySet }) => toldKeySet ?? []);
    if (told.length === 0) return;
    const newer = await keySetsAfter(context, Math.min(...told));
    for (const session of sessions.all()) session.sendKeySets(newer);
  }
}

/** The key sets of higher versions than this, the lowest first. */
export async function keySetsAfter(
  { store }: Pick<Context, 'store'>,
  version: number,
): Promise<readonly KeySetRecord[]> {
  const found: KeySetRecord[] = [];
  let after: string | undefined = String(version);
  while (after !== undefined) {
    const from: string = after;
    const page = await store.transact((unit) => unit.keySets.list({ after: from, limit: PAGE }));
    found.push(...page.items);
    after = page.next;
  }
  return found;
}
