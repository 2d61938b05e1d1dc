/** After so many calls in a row without an answer nobody is asked for a while. */
export const OPENS_AFTER = 5;
/** How long that is, in milliseconds. */
export const OPEN_MS = 30_000;

/**
 * Whether somebody is asked at all. Closed: everybody is let through. Open: nobody is, until an instant.
 * Then one is let through, to find out, and the others still are not.
 */
export type Circuit =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly untilMs: number }
  | { readonly state: 'probing'; readonly untilMs: number };

export const CLOSED: Circuit = { state: 'closed', failures: 0 };

/** The circuit with one more call under way; `undefined` if it must not be made now. */
export function letThrough(circuit: Circuit, nowMs: number): Circuit | undefined {
  if (circuit.state === 'closed') return circuit;
  if (circuit.state === 'probing' || nowMs < circuit.untilMs) return undefined;
  return { state: 'probing', untilMs: circuit.untilMs };
}

/** The circuit after a call that was answered, or was not. Who answers is there. */
export function afterCall(circuit: Circuit, answered: boolean, nowMs: number): Circuit {
  if (answered) return CLOSED;
  // Calls that were under way when it opened.
  if (circuit.state === 'open') return circuit;
  const failures = circuit.state === 'closed' ? circuit.failures + 1 : OPENS_AFTER;
  if (failures < OPENS_AFTER) return { state: 'closed', failures };
  return { state: 'open', untilMs: nowMs + OPEN_MS };
}
