import type { Json } from '@apollo-deploy/kernel';

/** What can want something done. A stranger is whoever has shown nothing that says who they are. */
export const PRINCIPAL_KINDS = ['person', 'machine', 'spoke', 'engine', 'stranger'] as const;

/** Who wants something done: a person, a machine with a token, a spoke, the engine itself, or a stranger. */
export interface Principal {
  readonly kind: (typeof PRINCIPAL_KINDS)[number];
  readonly name: string;
  readonly roles: readonly string[];
  /** The id of the token by which it is asked for, if it is by one. */
  readonly token?: string;
  /** Ties the audit entry to the request; absent for what the engine does by itself. */
  readonly requestId?: string;
  /**
   * Under which key, and for which request (a digest), it is asked for, so that it is done once however
   * often it is sent. Absent: each time is one of its own.
   */
  readonly once?: RequestedOnce;
}

/** A request that is carried out once under its key. */
export interface RequestedOnce {
  readonly key: string;
  readonly requestDigest: string;
  /** What a repetition is told by whoever cannot wait for the answer with it: that there is none yet. */
  readonly refusal: Readonly<Record<string, Json>>;
}

/** The engine acting on its own. */
export const ENGINE: Principal = { kind: 'engine', name: 'engine', roles: [] };

/** Somebody of whom nothing is known but the request. */
export function stranger(requestId: string | undefined): Principal {
  const by = { kind: 'stranger', name: 'stranger', roles: [] } as const;
  return requestId === undefined ? by : { ...by, requestId };
}
