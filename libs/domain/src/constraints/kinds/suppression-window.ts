import { ok } from '@apollo-deploy/kernel';
import { Type } from 'typebox';
import { parseSuppressionWindow } from '../../schedules/suppression-window.js';
import type { ConstraintKind } from '../constraint-kind.js';

const reason = Type.String({ minLength: 1, maxLength: 1024 });
const hard = Type.Optional(Type.Boolean({ description: 'Stops rollbacks and repairs as well.' }));

/** When change is not allowed, whatever windows say. */
export const suppressionWindow: ConstraintKind = {
  description: 'No plan starts while it lasts: once from start to end, or recurring.',
  strictest: 'hard_suppression',
  schema: Type.Union([
    Type.Object(
      { start: Type.String(), end: Type.String(), reason, hard },
      { additionalProperties: false },
    ),
    Type.Object(
      {
        cron: Type.String({ maxLength: 256 }),
        durationMinutes: Type.Optional(Type.Integer({ minimum: 1 })),
        durationHours: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
        timezone: Type.Optional(Type.String({ maxLength: 64 })),
        reason,
        hard,
      },
      { additionalProperties: false },
    ),
  ]),
  compile(spec, name) {
    const suppression = parseSuppressionWindow({ ...spec, name });
    return suppression.ok ? ok({ suppression: suppression.value }) : suppression;
  },
};
