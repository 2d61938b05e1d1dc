import { Type } from 'typebox';
import { Check } from 'typebox/value';
import type { HubRefusal } from './hub/hub-refusal.js';
import { plain } from './output/plain.js';

/** Where a refusal has several reasons beside its sentence, they are in its data. */
const Reasons = Type.Object({ because: Type.Array(Type.String()) });

/** A refusal of the hub for people: what happened and why, which field, what to do, and whose request it was. */
export function tellProblem({ problem }: HubRefusal, actingAs: string | undefined): string {
  const { title, code, detail, field, errors = [], data, requestId } = problem;
  const [only, ...others] = errors;
  // A single fault is what the sentence says already.
  const isTold = only?.detail === detail && others.length === 0;
  const faults = errors.map(
    (fault) =>
      `  ${isTold ? 'field' : plain(fault.field)}: ${plain(isTold ? fault.field : fault.detail)}`,
  );
  const reasons = Check(Reasons, data) ? data.because : [];
  const at = faults.length === 0 && field !== undefined ? [`  field: ${plain(field)}`] : faults;
  return [
    `${plain(title)}: ${plain(detail)}`,
    ...reasons.map((reason) => `  because ${plain(reason)}`),
    ...at,
    ...(actingAs === undefined ? [] : [`  you act as ${actingAs}`]),
    `  (${plain(code)}${requestId === undefined ? '' : `, request ${plain(requestId)}`})`,
  ].join('\n');
}
