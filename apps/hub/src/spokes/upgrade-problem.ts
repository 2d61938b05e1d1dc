import { SPOKE_SUBPROTOCOL } from '@apollo-deploy/protocol';
import { type Problem, problemWith } from '../http/problem.js';

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
  'socket/too_many': {
    status: 429,
    title: 'Too many connections are begun',
    detail: 'connections are begun too often from here; try again after Retry-After',
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
  const { detail, ...kind } = UPGRADE_PROBLEMS[code];
  return problemWith(code, kind, { detail }, requestId);
}
