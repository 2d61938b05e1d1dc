import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Refusal } from '@apollo-deploy/domain';
import { SPOKE_SUBPROTOCOL } from '@apollo-deploy/protocol';
import type { Problem } from '../http/problem.js';
import { PROBLEMS } from '../http/problem-table.js';

/** Why an upgrade to the spoke socket is refused before anybody is known. */
const UPGRADE_PROBLEMS = {
  'socket/unknown_path': {
    status: 404,
    title: 'No such socket',
    detail: 'no WebSocket is served at this path; spokes connect to /ws/spoke',
  },
  'socket/foreign_origin': {
    status: 403,
    title: 'The request comes from a browser',
    detail: 'the request has an Origin header; only spokes connect here, and they send none',
  },
  'socket/subprotocol': {
    status: 426,
    title: 'The subprotocol is not spoken here',
    detail: `ask for the subprotocol ${SPOKE_SUBPROTOCOL}, or install an agent that speaks it`,
  },
  'socket/busy': {
    status: 503,
    title: 'Too many spokes connect at once',
    detail: 'too many spokes are connecting at this moment; try again after Retry-After',
  },
  'socket/unavailable': {
    status: 503,
    title: 'The store does not answer',
    detail: 'the token cannot be checked now; try again after Retry-After',
  },
  'socket/stopping': {
    status: 503,
    title: 'The replica is stopping',
    detail: 'this replica of the hub is stopping; try again after Retry-After',
  },
  'socket/internal': {
    status: 500,
    title: 'The hub failed',
    detail: 'the hub failed at this request; its log says why',
  },
} as const;
export type UpgradeProblemCode = keyof typeof UPGRADE_PROBLEMS;

/** The problem that answers an upgrade with this code. */
export function upgradeProblem(code: UpgradeProblemCode, requestId: string): Problem {
  const { status, title, detail } = UPGRADE_PROBLEMS[code];
  return {
    type: `urn:apollo-deploy:problem:${code}`,
    title,
    status,
    code,
    detail,
    requestId,
    data: {},
  };
}

/** The problem that answers an upgrade whose token was refused. */
export function tokenProblem({ code, detail }: Refusal, requestId: string): Problem {
  const { status, title } = PROBLEMS[code];
  return {
    type: `urn:apollo-deploy:problem:${code}`,
    title,
    status,
    code,
    detail,
    requestId,
    data: {},
  };
}

/** Answers an upgrade with a problem instead of 101, and closes the connection. */
export function refuseUpgrade(
  socket: Duplex,
  problem: Problem,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = JSON.stringify(problem);
  const lines = Object.entries({
    Connection: 'close',
    'Content-Type': 'application/problem+json',
    'Content-Length': String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const { status } = problem;
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
}
