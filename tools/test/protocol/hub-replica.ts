import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Context } from '@apollo-deploy/orchestration';
import type { VirtualTime } from '@apollo-deploy/orchestration/testing';
import type { WebSocket } from 'ws';
import { KeySetDelivery } from '../../../apps/hub/src/spokes/key-set-delivery.js';
import { OutboxDelivery } from '../../../apps/hub/src/spokes/outbox-delivery.js';
import { SessionRegistry } from '../../../apps/hub/src/spokes/session-registry.js';
import { SpokeConnection } from '../../../apps/hub/src/spokes/spoke-connection.js';
import { type AdmittedSpoke, SpokeUpgrade } from '../../../apps/hub/src/spokes/spoke-upgrade.js';
import { SaidLog } from './said-log.js';

/** The hub's side of the spoke socket, as a replica runs it, on a real port and in virtual time. */
export class HubReplica {
  readonly log = new SaidLog();
  readonly sessions: SessionRegistry;
  /** Every socket that was opened, oldest first. */
  readonly sockets: WebSocket[] = [];
  private readonly delivery: OutboxDelivery;
  private readonly keySets: KeySetDelivery;

  private constructor(
    private readonly server: Server,
    context: Context,
    time: VirtualTime,
  ) {
    const machine = { timer: time, random: () => 0.5, log: this.log };
    this.sessions = new SessionRegistry(time);
    const { sessions } = this;
    const limits = { handshake: () => 0, handshakeWasGood: () => undefined, reconnect: () => 0 };
    const upgrade = new SpokeUpgrade({ context, sessions, limits, headers: {}, ...machine });
    this.delivery = new OutboxDelivery({ context, sessions, ...machine });
    this.keySets = new KeySetDelivery({ context, sessions, ...machine });
    upgrade.server.on('connection', (socket: WebSocket, { wire, ...admitted }: AdmittedSpoke) => {
      this.sockets.push(socket);
      const connection = new SpokeConnection(socket, admitted, {
        ...{ context, sessions, ...machine },
        heard: () => undefined,
        wakeDelivery: (name) => {
          this.delivery.wake([name]);
        },
      });
      sessions.track(connection);
      wire.on('data', () => {
        connection.hear();
      });
    });
    server.on('upgrade', (request, socket, head) => void upgrade.handle(request, socket, head));
    this.delivery.start();
    this.keySets.start();
  }

  static async start(context: Context, time: VirtualTime): Promise<HubReplica> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new HubReplica(server, context, time);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** As a replica stops: takes nothing more, says goodbye to its spokes, and is gone. */
  async stop(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    await this.sessions.shutDown();
    await Promise.all([this.delivery.stop(), this.keySets.stop()]);
    this.server.closeAllConnections();
    await closed;
  }
}
