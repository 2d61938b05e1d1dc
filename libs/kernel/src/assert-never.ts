/**
 * Thrown where the program contradicts itself: a bug, never a refusal. Crashes the request or tick
 * it happens in, and nothing else.
 */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

/** Proves to the compiler that every case was handled; throws if a value from outside slips past. */
export function assertNever(value: never): never {
  throw new InvariantViolation(`unexpected value ${JSON.stringify(value)}`);
}
