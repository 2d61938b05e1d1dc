import {
  ACCEPTED_INSTANT,
  parseInstant,
  WINDOW_LAYERS,
  type WindowFields,
} from '@apollo-deploy/domain';
import { Field, ObjectsField } from '../http/field.js';

/** Enough for a preview; the worst of them (minutes that never meet) take the hub over half a second. */
const MAX_WINDOWS = 20;

/** As of when something is worked out; absent = now. */
export function AtField(): PropertyDecorator {
  return Field(
    {
      accepted: ACCEPTED_INSTANT,
      schema: { type: String, format: 'date-time' },
      check: (value) => typeof value === 'string' && parseInstant(value) !== undefined,
    },
    { optional: true, description: 'Absent = now.' },
  );
}

const TIMING = {
  cron: { type: 'string', maxLength: 256, example: '0 2 * * SAT' },
  durationMinutes: { type: 'integer', minimum: 1, maximum: 44_640 },
  durationHours: { type: 'number', maximum: 744 },
  timezone: { type: 'string', default: 'UTC', example: 'Europe/London' },
} as const;
const FREEZE = {
  name: { type: 'string', maxLength: 100 },
  reason: { type: 'string', maxLength: 500 },
  hard: { type: 'boolean', default: false, description: 'Stops rollbacks and repairs too.' },
} as const;
const WINDOW_SCHEMA = {
  type: 'object',
  required: ['cron'],
  properties: {
    name: { type: 'string', maxLength: 100 },
    layer: { type: 'string', enum: [...WINDOW_LAYERS], default: 'environment' },
    ...TIMING,
  },
};
const SUPPRESSION_SCHEMA = {
  oneOf: [
    {
      type: 'object',
      required: ['start', 'end', 'reason'],
      properties: {
        ...FREEZE,
        start: { type: 'string', format: 'date-time' },
        end: { type: 'string', format: 'date-time' },
      },
    },
    { type: 'object', required: ['cron', 'reason'], properties: { ...FREEZE, ...TIMING } },
  ],
};

export class WindowsRequest {
  @ObjectsField({
    maximum: MAX_WINDOWS,
    items: WINDOW_SCHEMA,
    optional: true,
    description:
      'When change is allowed. Windows of one layer add up; all layers must be open. Each has a duration in minutes or hours.',
  })
  windows?: readonly WindowFields[];

  @ObjectsField({
    maximum: MAX_WINDOWS,
    items: SUPPRESSION_SCHEMA,
    optional: true,
    description: 'When it is not: once, or again and again.',
  })
  suppressions?: readonly WindowFields[];

  @AtField()
  at?: string;
}
