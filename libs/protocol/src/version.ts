/** The WebSocket subprotocol a spoke asks for. */
export const SPOKE_SUBPROTOCOL = 'apollo.v1';

/** The protocol version of every envelope this build writes. */
export const PROTOCOL_VERSION = 1;

/** Path of the spoke socket on the hub. */
export const SPOKE_SOCKET_PATH = '/ws/spoke';

/** Path under which a spoke fetches a chart archive by its SHA-256. */
export function chartPath(sha256: string): string {
  return `/spoke/charts/${sha256}`;
}

/** A frame larger than this, in bytes, closes the connection (4413). */
export const MAX_FRAME_BYTES = 1024 * 1024;

/** A frame that comes in more pieces than this closes the connection (1008). */
export const MAX_FRAME_PIECES = 64;

/** Upper bound of the values of one entity, as JSON, in bytes: an offer must fit a frame. */
export const MAX_VALUES_BYTES = 256 * 1024;

/**
 * The most bytes a chart archive may have anywhere, 50 MiB: no hub is set to take more, and a spoke
 * stops reading beyond it.
 */
export const MAX_CHART_BYTES = 50 * 1024 * 1024;

/** How often a spoke sends a heartbeat, in milliseconds, before jitter of a quarter. */
export const HEARTBEAT_INTERVAL_MS = 20_000;

/** Either side gives a connection up after this long without a byte, in milliseconds. */
export const SILENCE_LIMIT_MS = 45_000;

/** Why a side closes the socket; numbers of the private range of RFC 6455. */
export const CLOSE_CODES = {
  goingAway: 1001,
  restart: 1012,
  overloaded: 1013,
  protocolError: 4400,
  unauthenticated: 4401,
  revoked: 4403,
  superseded: 4409,
  tooLarge: 4413,
  unsupportedVersion: 4426,
  tooFast: 4429,
} as const;
