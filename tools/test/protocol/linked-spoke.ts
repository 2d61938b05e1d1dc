import type { HubFrame, SpokePayload } from '@apollo-deploy/protocol';
import type { VirtualTime } from '@apollo-deploy/orchestration/testing';
import { pino } from 'pino';
import { HELLO } from '../../../apps/hub/src/testing/spokes/spoke-scene.js';
import { HubLink } from '../../../apps/spoke/src/hub-link/hub-link.js';
import type { HubOrder } from '../../../apps/spoke/src/hub-link/hub-link-listener.js';
import { Events } from '../../../apps/spoke/src/testing/events.js';

/** How a connection ended, as the spoke logs it. */
interface Loss {
  readonly code: number | null;
  readonly reason: string;
  /** It dials again after this long. */
  readonly delayMs: number;
}

interface TakenOrder {
  readonly order: HubOrder;
  readonly acknowledge: () => void;
}

interface LinkedSpokeOptions {
  readonly time: VirtualTime;
  readonly port: number;
  readonly token: () => string;
  readonly hello?: Partial<SpokePayload<'hello'>>;
}

/** The link of a real spoke in virtual time, and what it hands on. Chance is always one half. */
export class LinkedSpoke {
  readonly link: HubLink;
  private readonly losses = new Events<Loss>();
  private readonly welcomes = new Events<number>();
  private readonly orders = new Events<TakenOrder>();
  private lastId = 0;

  constructor(private readonly options: LinkedSpokeOptions) {
    const { time, port, token, hello } = options;
    this.link = new HubLink({
      url: `ws://127.0.0.1:${String(port)}/ws/spoke`,
      credentials: { token: () => Promise.resolve(token()), refused: () => false },
      hello: () => ({ ...HELLO, clock: time.now().toISOString(), ...hello }),
      heartbeat: () => ({ running: [], generation: 0 }),
      ...{ clock: time, timer: time, random: () => 0.5 },
      newId: () => `token-of-dev-${String((this.lastId += 1))}`,
      log: pino({}, { write: (line) => this.read(JSON.parse(line) as Partial<Loss>) }),
    });
    this.link.start({
      onWelcome: ({ epoch }) => this.welcomes.push(epoch),
      onOrder: (order, acknowledge) => this.orders.push({ order, acknowledge }),
    });
  }

  /** Dials for the first time; answers the epoch of the session. */
  async connect(): Promise<number> {
    this.options.time.advance(500);
    return this.welcomes.next();
  }

  /** Waits until a connection is lost. */
  lost(): Promise<Loss> {
    return this.losses.next();
  }

  /** Waits until the connection is lost and dials again when it is time; answers how it was lost. */
  async comesBack(): Promise<Loss> {
    const loss = await this.lost();
    this.options.time.advance(loss.delayMs);
    await this.welcomes.next();
    return loss;
  }

  /** The next order, of this type. */
  async order<T extends HubOrder['t']>(
    type: T,
  ): Promise<TakenOrder & { readonly order: Extract<HubFrame, { t: T }> }> {
    const { order, acknowledge } = await this.orders.next();
    if (order.t !== type) throw new Error(`${order.t} came instead of ${type}`);
    return { order: order as Extract<HubFrame, { t: T }>, acknowledge };
  }

  private read(line: Partial<Loss>): void {
    const { code, reason, delayMs } = line;
    if (delayMs === undefined) return;
    this.losses.push({ code: code ?? null, reason: reason ?? '', delayMs });
  }
}
