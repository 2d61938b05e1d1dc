import { conditionOf } from '../conditions.js';
import type { KindRule } from '../kind-rule.js';
import { degraded, failed, healthy, progressing } from '../object-status.js';

/** Usable once the API server serves it (`Established`). */
export const customResourceDefinitionStatus: KindRule = (object) => {
  const names = conditionOf(object, 'NamesAccepted');
  if (names?.status === 'False') return failed(names.reason, names.message);
  const established = conditionOf(object, 'Established');
  if (established?.status === 'True') return healthy('Established', 'is served by the API');
  if (established?.status === 'False' && established.reason !== 'Installing') {
    return degraded(established.reason, established.message);
  }
  return progressing('Installing', 'waits for the API server to serve it');
};
