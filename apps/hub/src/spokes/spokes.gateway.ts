import { SPOKE_SOCKET_PATH } from '@apollo-deploy/protocol';
import { Inject } from '@nestjs/common';
import { type OnGatewayConnection, WebSocketGateway } from '@nestjs/websockets';
import type { WebSocket } from 'ws';
import type { ConnectionServices } from './connection-services.js';
import { SpokeConnection } from './spoke-connection.js';
import type { AdmittedSpoke } from './spoke-upgrade.js';

/** Nest token of the `ConnectionServices`. */
export const CONNECTION_SERVICES = Symbol('ConnectionServices');

/** Where the sockets of spokes come in; each is a `SpokeConnection` from its first moment. */
@WebSocketGateway({ path: SPOKE_SOCKET_PATH })
export class SpokesGateway implements OnGatewayConnection<WebSocket> {
  constructor(@Inject(CONNECTION_SERVICES) private readonly services: ConnectionServices) {}

  handleConnection(socket: WebSocket, { wire, ...admitted }: AdmittedSpoke): void {
    const connection = new SpokeConnection(socket, admitted, this.services);
    this.services.sessions.track(connection);
    wire.on('data', () => {
      connection.hear();
    });
  }
}
