import { fieldsAt, instantOf, numberOf, textOf } from './live-fields.js';

/** How a container ended. */
export interface Termination {
  readonly reason: string;
  readonly exitCode?: number;
  readonly finishedAt?: Date;
}

/** From a container's `state.terminated` or `lastState.terminated`; undefined if it says nothing. */
export function terminationOf(value: unknown): Termination | undefined {
  const fields = fieldsAt({ value }, 'value');
  const exitCode = numberOf(fields['exitCode']);
  const reason = textOf(fields['reason']);
  if (exitCode === undefined && reason === undefined) return undefined;
  const finishedAt = instantOf(fields['finishedAt']);
  return {
    reason: reason ?? (exitCode === 0 ? 'Completed' : 'Error'),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(finishedAt === undefined ? {} : { finishedAt: new Date(finishedAt) }),
  };
}

/** `exit code 1 (Error) at 2026-03-01T10:00:20.000Z`. */
export function describeTermination({ reason, exitCode, finishedAt }: Termination): string {
  const code = exitCode === undefined ? reason : `exit code ${exitCode} (${reason})`;
  return finishedAt === undefined ? code : `${code} at ${finishedAt.toISOString()}`;
}
