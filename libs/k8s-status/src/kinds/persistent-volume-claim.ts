import type { KindRule } from '../kind-rule.js';
import { fieldsAt, textOf } from '../live-fields.js';
import { failed, healthy, progressing } from '../object-status.js';
import { existingIsEnough } from './existing-is-enough.js';

/** Judged by its phase. */
export const persistentVolumeClaimStatus: KindRule = (object) => {
  const phase = textOf(fieldsAt(object, 'status')['phase']);
  switch (phase) {
    case 'Bound':
      return healthy('Bound', 'is bound to a volume');
    case undefined:
    case 'Pending': {
      const storageClass = textOf(fieldsAt(object, 'spec')['storageClassName']) ?? 'default';
      const cure = existingIsEnough('PersistentVolumeClaim');
      return progressing(
        'Pending',
        `waits for a volume of storage class ${storageClass}; if it binds on first use and nothing uses the claim, ${cure}`,
      );
    }
    case 'Lost':
      return failed('Lost', 'its volume no longer exists; restore it or delete the claim');
    default:
      return {
        health: 'Unknown',
        reason: 'UnknownPhase',
        message: `is in phase ${phase}, which Kubernetes does not document; look at the claim`,
      };
  }
};
