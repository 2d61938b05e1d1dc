import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { INestApplication, WebSocketAdapter } from '@nestjs/common';
import type { WebSocket, WebSocketServer } from 'ws';
import { type AdmittedSpoke, SpokeUpgrade } from './spoke-upgrade.js';

/**
 * Serves gateways on the HTTP server of the application, for spokes only. Frames are not dispatched
 * to handlers of the gateway, which Nest calls without waiting for the one before: the connection
 * reads them itself, in order.
 */
class SpokeSocketAdapter implements WebSocketAdapter<WebSocketServer, WebSocket> {
  private stopListening: () => void = () => undefined;

  constructor(
    private readonly httpServer: Server,
    private readonly upgrade: SpokeUpgrade,
  ) {}

  create(): WebSocketServer {
    const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
      void this.upgrade.handle(request, socket, head);
    };
    this.httpServer.on('upgrade', onUpgrade);
    this.stopListening = () => {
      this.httpServer.off('upgrade', onUpgrade);
    };
    return this.upgrade.server;
  }

  bindClientConnect(
    server: WebSocketServer,
    callback: (socket: WebSocket, admitted: AdmittedSpoke) => void,
  ): void {
    server.on('connection', callback);
  }

  /** The gateway has no handlers of single messages. */
  bindMessageHandlers(): void {
    return;
  }

  async close(server: WebSocketServer): Promise<void> {
    this.stopListening();
    server.close();
  }

  /** Nest calls it last; there is nothing left to let go of. */
  async dispose(): Promise<void> {
    return;
  }
}

/** Lets spokes connect to the application. To be called before `init` or `listen`. */
export function serveSpokeSocket(app: INestApplication<Server>): void {
  app.useWebSocketAdapter(new SpokeSocketAdapter(app.getHttpServer(), app.get(SpokeUpgrade)));
}
