import { err, type Result } from '@apollo-deploy/kernel';

/** Why a window is not accepted: the field at fault and a sentence that names accepted values. */
export interface FieldRefusal {
  /** In the spelling of the request; empty if it is the window as a whole. */
  readonly field: string;
  readonly detail: string;
}

export function refuseField(field: string, detail: string): Result<never, FieldRefusal> {
  return err({ field, detail });
}
