import type { HubRefusal } from './hub/hub-refusal.js';
import { plain } from './output/plain.js';

/** A refusal of the hub for people: what happened, which field, what to do, and whose request it was. */
export function tellProblem({ problem }: HubRefusal, actingAs: string | undefined): string {
  const { title, code, detail, field, errors = [], requestId } = problem;
  const faults = errors.map((fault) => `  ${plain(fault.field)}: ${plain(fault.detail)}`);
  const at = faults.length === 0 && field !== undefined ? [`  field: ${plain(field)}`] : faults;
  return [
    `${plain(title)}: ${plain(detail)}`,
    ...at,
    ...(actingAs === undefined ? [] : [`  you act as ${actingAs}`]),
    `  (${plain(code)}${requestId === undefined ? '' : `, request ${plain(requestId)}`})`,
  ].join('\n');
}
