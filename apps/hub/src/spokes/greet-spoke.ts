import { err, ok, type Result } from '@apollo-deploy/kernel';
import {
  type AuthenticatedSpoke,
  clockSkew,
  type Context,
  openSession,
  type SpokeHello,
  type SpokeSession,
} from '@apollo-deploy/orchestration';
import {
  CLOSE_CODES,
  PROTOCOL_VERSION,
  type SpokeFrame,
  type SpokePayload,
} from '@apollo-deploy/protocol';
import { type CloseReason, closeReasonOf, protocolError } from './close-reason.js';

/** Opens the session that the first frame of a connection asks for, or says why there is none. */
export async function greetSpoke(
  context: Context,
  admitted: AuthenticatedSpoke,
  first: SpokeFrame,
): Promise<Result<SpokeSession, CloseReason>> {
  if (first.t !== 'hello') {
    return err(protocolError(`the first frame must be hello, not ${first.t}`));
  }
  const { min, max } = first.p.protocol;
  if (min > PROTOCOL_VERSION || max < PROTOCOL_VERSION) {
    return err({
      code: CLOSE_CODES.unsupportedVersion,
      reason: `this hub speaks protocol ${PROTOCOL_VERSION}; install an agent that does`,
    });
  }
  const skewMs = clockSkew(first.p.clock, context.clock.now());
  const opened = await openSession(context, admitted, helloOf(first.p), skewMs);
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
