import { ok } from '@apollo-deploy/kernel';
import { Type } from 'typebox';
import { parseMaintenanceWindow, WINDOW_LAYERS } from '../../schedules/maintenance-window.js';
import type { ConstraintKind } from '../constraint-kind.js';

/** When change is allowed. */
export const maintenanceWindow: ConstraintKind = {
  description: 'Plans start only while one window of each layer that has windows is open.',
  schema: Type.Object(
    {
      layer: Type.Union(WINDOW_LAYERS.map((layer) => Type.Literal(layer))),
      cron: Type.String({ maxLength: 256, description: 'Five fields; the start of the window.' }),
      durationMinutes: Type.Optional(Type.Integer({ minimum: 1 })),
      durationHours: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
      timezone: Type.Optional(Type.String({ maxLength: 64, description: 'IANA; UTC if absent.' })),
    },
    { additionalProperties: false },
  ),
  compile(spec, name) {
    const window = parseMaintenanceWindow({ ...spec, name });
    return window.ok ? ok({ window: window.value }) : window;
  },
};
