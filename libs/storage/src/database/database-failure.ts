import { InvariantViolation } from '@apollo-deploy/kernel';
import { StoreUnavailable } from '@apollo-deploy/orchestration';
import { errorCode } from '../error-code.js';

/** Two transactions were in each other's way and this one gave in; the whole of it may be repeated. */
export class TransactionConflict extends Error {
  override readonly name = 'TransactionConflict';
}

/** Serialization failure, deadlock, and a lock that could not be had in time. */
const CONFLICTS: readonly (string | undefined)[] = ['40001', '40P01', '55P03'];

/** Connection trouble, resources, operator or timeout, the machine below, a damaged server. */
const OUTAGE_CLASSES = ['08', '53', '57', '58', 'XX'];
/** Idle for too long inside of a transaction, and a server that only reads (a standby). */
const OUTAGES = ['25P03', '25006'];

/**
 * What a failed statement means to the caller of a store: a conflict, an outage, or (a statement that
 * the server understood and refused) a bug.
 */
export function databaseFailure(error: unknown, target: string): Error {
  const code = isFromServer(error) ? errorCode(error) : undefined;
  const options = { cause: error };
  if (CONFLICTS.includes(code)) return new TransactionConflict(messageOf(error), options);
  if (code === undefined || OUTAGES.includes(code) || OUTAGE_CLASSES.includes(code.slice(0, 2))) {
    return unavailable(target, error);
  }
  return new InvariantViolation(`PostgreSQL refused a statement (${code}): ${messageOf(error)}`, {
    cause: error,
  });
}

/** Ended by an operator, broken off, damaged, or idle for too long: the connection is gone as well. */
const BROKEN_OFF = ['57P', '08', '25P0', 'XX'];

/**
 * Whether nothing can be asked on the connection after this. What was to be committed then may have
 * been kept or not; a server that answers with an error and goes on has kept nothing.
 */
export function endsConnection(error: unknown): boolean {
  const code = isFromServer(error) ? errorCode(error) : undefined;
  return code === undefined || BROKEN_OFF.some((start) => code.startsWith(start));
}

/** What a person can do, by the code of the server. */
const CURES: Readonly<Record<string, string>> = {
  '53100': 'make room on the disk of PostgreSQL',
  '53300': 'end connections that nobody needs, or let PostgreSQL take more (max_connections)',
};
const USUAL_CURE = 'check that PostgreSQL runs and that DATABASE_URL names it';

export function unavailable(target: string, cause: unknown): StoreUnavailable {
  const cure = CURES[errorCode(cause) ?? ''] ?? USUAL_CURE;
  return new StoreUnavailable(
    `the database ${target} does not do its work: ${messageOf(cause)}; ${cure}, then try again`,
    { cause },
  );
}

export function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error);
}

/** Errors of the server carry a severity; those of the network and of the driver do not. */
export function isFromServer(error: unknown): boolean {
  const inner =
    typeof error === 'object' && error !== null && 'driverError' in error
      ? error.driverError
      : error;
  return typeof inner === 'object' && inner !== null && 'severity' in inner;
}
