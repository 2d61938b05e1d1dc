import type { Result } from '@apollo-deploy/kernel';

/** What somebody else is to bring a service back to. */
export interface OutsideRollback {
  /** Of the deployment: of this rollback alone, and the same if it were asked for again. */
  readonly id: string;
  readonly service: string;
  readonly targetVersion: string;
  readonly reason?: string;
}

/** `refused`: it said that it has not done it. `unknown`: nobody can tell whether it was done. */
export interface NotRolledBack {
  readonly outcome: 'refused' | 'unknown';
  readonly detail: string;
}

/** Somebody else who takes services back. */
export interface RollbackProvider {
  readonly name: string;
  /** Asks once. That it was accepted says nothing yet of what runs. */
  rollBack(request: OutsideRollback): Promise<Result<void, NotRolledBack>>;
}
