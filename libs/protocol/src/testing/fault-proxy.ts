import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type After, afterRealTime, type Faults, FaultyPipe, noFaults } from './faulty-pipe.js';

/** The way of bytes: from who dials to who listens, or back. */
export type Direction = 'toHub' | 'toSpoke';

const MOST_LINKS = 256;
/** A proxy that nobody stops ends by itself, so that a test that hangs ends too. */
const LIFETIME_MS = 110_000;

interface Link {
  readonly spoke: Socket;
  readonly hub: Socket;
  readonly toHub: FaultyPipe;
  readonly toSpoke: FaultyPipe;
}

/**
 * A network that fails on demand: listens on the loopback, passes what comes on to a hub, and does to
 * the bytes what it is told. Faults hold for connections that are open and for those to come. Ends by
 * itself after 110 s; more than 256 connections at once are refused.
 */
export class FaultProxy {
  private readonly faults = { toHub: noFaults(), toSpoke: noFaults() };
  private readonly links = new Set<Link>();
  private readonly expiry: NodeJS.Timeout;
  private dialled = 0;
  private refusing = false;

  private constructor(
    private readonly server: Server,
    private target: number,
    private readonly after: After,
  ) {
    this.expiry = setTimeout(() => void this.stop(), LIFETIME_MS);
    this.expiry.unref();
    server.on('connection', (socket) => this.admit(socket));
  }

  /**
   * Between whoever dials `port` of the proxy and `target`, both on 127.0.0.1. Latency and rate are
   * waited for with `after`: in real time, if it is not given.
   */
  static async start(target: number, after: After = afterRealTime): Promise<FaultProxy> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FaultProxy(server, target, after);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** How many connections were taken so far. */
  get connections(): number {
    return this.dialled;
  }

  /** Bytes that were passed on in this direction by the connections that are open. */
  passed(direction: Direction): number {
    return [...this.links].reduce((sum, link) => sum + link[direction].bytes, 0);
  }

  /** Connections to come lead there. */
  leadTo(target: number): void {
    this.target = target;
  }

  /** What is wrong from now on, besides what is wrong already. */
  set(direction: Direction, faults: Partial<Faults>): void {
    Object.assign(this.faults[direction], faults);
    for (const link of this.links) link[direction].changed();
  }

  /** The network takes bytes of both sides and delivers none: each believes that the other is silent. */
  blackHole(): void {
    this.set('toHub', { flow: 'swallow' });
    this.set('toSpoke', { flow: 'swallow' });
  }

  /** Nothing is wrong any more; what was lost stays lost. */
  heal(): void {
    this.set('toHub', noFaults());
    this.set('toSpoke', noFaults());
  }

  /** Ends every connection on both sides at once, wherever in a frame it is. */
  cut(): void {
    for (const { spoke, hub } of this.links) {
      spoke.resetAndDestroy();
      hub.resetAndDestroy();
    }
  }

  /** One side learns that the connection is gone, the other hears nothing of it and nothing any more. */
  cutOnly(side: 'hub' | 'spoke'): void {
    for (const link of this.links) link[side].resetAndDestroy();
  }

  /** Resets whoever dials, until it is told otherwise. */
  refuse(refusing = true): void {
    this.refusing = refusing;
  }

  async stop(): Promise<void> {
    clearTimeout(this.expiry);
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const { spoke, hub } of this.links) {
      spoke.destroy();
      hub.destroy();
    }
    this.heal();
    await closed;
  }

  private admit(spoke: Socket): void {
    this.dialled += 1;
    if (this.refusing || this.links.size >= MOST_LINKS) {
      spoke.resetAndDestroy();
      return;
    }
    const hub = connect({ port: this.target, host: '127.0.0.1', noDelay: true });
    const cut = (): void => {
      spoke.resetAndDestroy();
      hub.resetAndDestroy();
    };
    const { faults, after } = this;
    const link = {
      ...{ spoke, hub },
      toHub: new FaultyPipe(spoke, hub, { faults: faults.toHub, after, onCut: cut }),
      toSpoke: new FaultyPipe(hub, spoke, { faults: faults.toSpoke, after, onCut: cut }),
    };
    this.links.add(link);
    this.watch(link, spoke, hub);
    this.watch(link, hub, spoke);
  }

  /** A side that is gone takes the other with it, unless the network keeps that to itself. */
  private watch(link: Link, side: Socket, other: Socket): void {
    let broken = false;
    // `close` follows, and says so.
    side.on('error', () => {
      broken = true;
    });
    side.on('close', () => {
      if (broken) other.resetAndDestroy();
      if (side.destroyed && other.destroyed) this.links.delete(link);
      link.toHub.changed();
      link.toSpoke.changed();
    });
  }
}
