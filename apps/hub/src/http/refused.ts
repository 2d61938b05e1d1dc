import type { Refusal } from '@apollo-deploy/domain';
import type { Json, Result } from '@apollo-deploy/kernel';
import type { ProblemCode } from './problem-table.js';

/** What a refusal says besides its code. */
export interface ProblemDetails {
  readonly detail: string;
  readonly field?: string;
  readonly data?: Readonly<Record<string, Json>>;
  readonly errors?: readonly { readonly field: string; readonly detail: string }[];
  /** Seconds after which the same request may succeed. */
  readonly retryAfterSeconds?: number;
  /** The methods that there are instead. */
  readonly allow?: readonly string[];
}

/** Ends a request with a refusal; `ProblemFilter` answers it. Thrown nowhere but at this edge. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly code: ProblemCode,
    readonly details: ProblemDetails,
  ) {
    super(details.detail);
  }
}

/** The value of a result; a refusal ends the request. */
export function accepted<T>(result: Result<T, Refusal>): T {
  if (result.ok) return result.value;
  throw new Refused(result.error.code, result.error);
}

/** What was looked up; ends the request if there is no such thing. */
export function found<T>(thing: T | undefined, code: ProblemCode, what: string): T {
  if (thing !== undefined) return thing;
  throw new Refused(code, { detail: `there is no ${what}` });
}
