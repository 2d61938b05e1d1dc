import type { Refusal } from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import { accepted } from '../http/refused.js';

/**
 * As `accepted`, for a request that has fields of the constraint's `spec` (or `scope`) at its top: the
 * refusal names them as the request does.
 */
export function acceptedFields<T>(
  result: Result<T, Refusal>,
  parts: readonly ('spec' | 'scope')[],
): T {
  if (result.ok) return result.value;
  const { field, detail } = result.error;
  const part = parts.find((name) => field?.startsWith(`${name}.`) === true);
  if (field === undefined || part === undefined) return accepted(result);
  const own = field.slice(part.length + 1);
  const said = detail.startsWith(`${field}: `) ? detail.slice(field.length + 2) : detail;
  return accepted({ ok: false, error: { ...result.error, field: own, detail: said } });
}
