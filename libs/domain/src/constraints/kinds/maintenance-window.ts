import { err, ok } from '@apollo-deploy/kernel';
import { Type } from 'typebox';
import { parseMaintenanceWindow, WINDOW_LAYERS } from '../../schedules/maintenance-window.js';
import type { ConstraintKind } from '../constraint-kind.js';

/** 31 days, as long as a window may last. */
const MUST_FIT_MAX = 44_640;

/** When change is allowed. */
export const maintenanceWindow: ConstraintKind = {
  description: 'Plans start only while one window of each layer that has windows is open.',
  strictest: 'window',
  schema: Type.Object(
    {
      layer: Type.Union(WINDOW_LAYERS.map((layer) => Type.Literal(layer))),
      cron: Type.String({ maxLength: 256, description: 'Five fields; the start of the window.' }),
      durationMinutes: Type.Optional(Type.Integer({ minimum: 1 })),
      durationHours: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
      timezone: Type.Optional(Type.String({ maxLength: 64, description: 'IANA; UTC if absent.' })),
      mustFitMinutes: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: MUST_FIT_MAX,
          description: 'Plans start only if the opening lasts this much longer.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  compile({ mustFitMinutes, ...spec }, name) {
    const window = parseMaintenanceWindow({ ...spec, name });
    if (!window.ok) return window;
    if (mustFitMinutes === undefined) return ok({ window: window.value });
    if (!isMinutes(mustFitMinutes)) {
      const detail = `mustFitMinutes is ${JSON.stringify(mustFitMinutes)}; accepted are whole minutes from 1 to ${String(MUST_FIT_MAX)}`;
      return err({ field: 'mustFitMinutes', detail });
    }
    return ok({ window: window.value, mustFitMinutes });
  },
};

function isMinutes(value: unknown): value is number {
  return (
    typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MUST_FIT_MAX
  );
}
