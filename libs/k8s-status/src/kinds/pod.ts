import type { KindRule } from '../kind-rule.js';
import { fieldsAt } from '../live-fields.js';
import { failed, type ObjectStatus } from '../object-status.js';
import { diagnosePod } from '../pod-diagnosis.js';

/** A pod that nobody replaces: once failed, it stays failed. */
export const podStatus: KindRule = (object, context) => {
  const { health, reason, message, terminal } = diagnosePod(object, context);
  if (fieldsAt(object, 'status')['phase'] === 'Failed') return failed(reason, message);
  const status: ObjectStatus = { health, reason, message };
  return terminal === true ? { ...status, terminal } : status;
};
