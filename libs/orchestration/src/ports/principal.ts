/** Who wants something done: a person or token, a spoke, or the engine itself. */
export interface Principal {
  readonly kind: 'person' | 'spoke' | 'engine';
  readonly name: string;
  readonly roles: readonly string[];
  /** Ties the audit entry to the request; absent for what the engine does by itself. */
  readonly requestId?: string;
}

/** The engine acting on its own. */
export const ENGINE: Principal = { kind: 'engine', name: 'engine', roles: [] };
