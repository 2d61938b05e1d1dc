import type { Result } from '@apollo-deploy/kernel';
import type { Principal } from '../ports/principal.js';

/** Who does what people do in a test. */
export const PERSON: Principal = { kind: 'person', name: 'dev-operator', roles: [] };

/** The value; throws a refusal, which the test did not ask for. */
export function must<T, E>(result: Result<T, E>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}
