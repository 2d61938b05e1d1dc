import { err, ok, type Result } from '@apollo-deploy/kernel';
import {
  type AuthenticatedSpoke,
  clockSkew,
  type Context,
  keepsAuditHeads,
  type KeySetRecord,
  openSession,
  type SpokeHello,
  type SpokeSession,
  tellsLedger,
} from '@apollo-deploy/orchestration';
import {
  CLOSE_CODES,
  PROTOCOL_VERSION,
  type SpokeFrame,
  type SpokePayload,
} from '@apollo-deploy/protocol';
import { type CloseReason, closeReasonOf, protocolError } from './close-reason.js';
import type { Commit } from './commit-retry.js';
import { keySetsAfter } from './key-set-delivery.js';

/** A session that has begun, with what the spoke says that it can, and what it is to be sent first. */
export interface Greeting {
  readonly session: SpokeSession;
  /** It tells what its ledger says of plans before it takes any. */
  readonly tellsLedger: boolean;
  readonly keepsAuditHeads: boolean;
  /** Version of the newest key set that it knows; absent: it goes by none. */
  readonly toldKeySet: number | undefined;
  /** Those that it does not know, the oldest first. */
  readonly keySets: readonly KeySetRecord[];
}

/** With what a spoke is greeted. */
interface Greeter {
  readonly context: Context;
  readonly commit: Commit;
}

/** Opens the session that the first frame of a connection asks for, or says why there is none. */
export async function greetSpoke(
  { context, commit }: Greeter,
  admitted: AuthenticatedSpoke,
  first: SpokeFrame,
): Promise<Result<Greeting, CloseReason>> {
  if (first.t !== 'hello') {
    return err(protocolError(`the first frame must be hello, not ${first.t}`));
  }
  const hello = first.p;
  const session = await commit(() => openFor(context, admitted, hello));
  if (!session.ok) return session;
  const toldKeySet = hello.trusts?.version;
  const keySets =
    toldKeySet === undefined ? [] : await commit(() => keySetsAfter(context, toldKeySet));
  return ok({
    session: session.value,
    tellsLedger: tellsLedger(hello),
    keepsAuditHeads: keepsAuditHeads(hello),
    toldKeySet,
    keySets,
  });
}

async function openFor(
  context: Context,
  admitted: AuthenticatedSpoke,
  hello: SpokePayload<'hello'>,
): Promise<Result<SpokeSession, CloseReason>> {
  const { min, max } = hello.protocol;
  if (min > PROTOCOL_VERSION || max < PROTOCOL_VERSION) {
    return err({
      code: CLOSE_CODES.unsupportedVersion,
      reason: `this hub speaks protocol ${PROTOCOL_VERSION}; install an agent that does`,
    });
  }
  const skewMs = clockSkew(hello.clock, context.clock.now());
  const opened = await openSession(context, admitted, helloOf(hello), skewMs);
  return opened.ok ? ok(opened.value) : err(closeReasonOf(opened.error));
}

/** What is kept of a hello; members that this hub does not know are not. */
function helloOf(hello: SpokePayload<'hello'>): SpokeHello {
  return {
    agentVersion: hello.agentVersion,
    agentInstance: hello.agentInstance,
    clusterUid: hello.clusterUid,
    helmVersion: hello.helmVersion,
    kubernetesVersion: hello.kubernetesVersion,
    capabilities: hello.capabilities,
    simulated: hello.simulated,
    ...(hello.trusts !== undefined && { trusts: hello.trusts }),
  };
}
