import { ok, type Result } from '@apollo-deploy/kernel';
import { allowPolicy } from './clock-change-policy.js';
import { type FieldRefusal, refuseField } from './field-refusal.js';
import { RecurringSpans } from './recurring-spans.js';
import type { Recurrence } from './recurring-starts.js';
import type { CountedSpans } from './span.js';
import {
  readName,
  readRecurrence,
  refuseUnknown,
  shown,
  type WindowFields,
} from './window-fields.js';

/**
 * Who opens a window. One open window of a layer opens the layer; all layers must be open; a layer
 * without windows is open.
 */
export const WINDOW_LAYERS = ['product', 'environment', 'global'] as const;
export type WindowLayer = (typeof WINDOW_LAYERS)[number];

/** A maintenance window, compiled: read it once, use it in as many schedules as needed. */
export interface MaintenanceWindow {
  readonly layer: WindowLayer;
  /** Of the constraint that it is stored as. */
  readonly id?: string;
  readonly name?: string;
  /** For people: its name, or what it says. */
  readonly label: string;
  readonly recurrence: Recurrence;
  readonly spans: CountedSpans;
}

const FIELDS = ['name', 'layer', 'cron', 'durationMinutes', 'durationHours', 'timezone'];

/**
 * Compiles `{name?, layer, cron, durationMinutes | durationHours, timezone = UTC}`. A window lasts its
 * duration in elapsed time. When clocks change it shrinks to what is certain: a fixed hour happens once
 * a day (the first time, or at the first valid instant after a gap); with a wildcard or step in the hour
 * field every instant counts whose wall clock matches.
 */
export function parseMaintenanceWindow(
  fields: WindowFields,
): Result<MaintenanceWindow, FieldRefusal> {
  const known = refuseUnknown(fields, FIELDS);
  if (!known.ok) return known;
  const name = readName(fields);
  if (!name.ok) return name;
  const layer = WINDOW_LAYERS.find((each) => each === fields['layer']);
  if (layer === undefined) {
    const detail = `layer is ${shown(fields['layer'])}; accepted are ${WINDOW_LAYERS.join(', ')}`;
    return refuseField('layer', detail);
  }
  const read = readRecurrence(fields);
  if (!read.ok) return read;
  const { cron, zone, timezone, durationMs } = read.value;
  const recurrence = { cron, zone, policy: allowPolicy(cron) };
  return ok({
    layer,
    ...(name.value !== undefined && { name: name.value }),
    label: name.value === undefined ? `${cron.text} ${timezone}` : `"${name.value}"`,
    recurrence,
    spans: new RecurringSpans(recurrence, durationMs),
  });
}
