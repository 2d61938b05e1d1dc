import { Field, NAME_LENGTH, TextField } from '../http/field.js';
import { CronField, HoursField, ZoneField } from './timing-fields.js';

const MAX_ENVIRONMENTS = 200;

export class ScheduleRequest {
  @TextField({ maximum: NAME_LENGTH, description: 'No two constraints have the same.' })
  name!: string;

  @CronField()
  cron!: string;

  @HoursField()
  durationHours!: number;

  @ZoneField()
  timezone?: string;

  @Field({
    accepted: `a list of 1 to ${MAX_ENVIRONMENTS} names of environments`,
    schema: {
      type: 'array',
      items: { type: 'string' },
      minItems: 1,
      maxItems: MAX_ENVIRONMENTS,
    },
    check: (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.length <= MAX_ENVIRONMENTS &&
      value.every((name) => typeof name === 'string' && name !== '' && name.length <= NAME_LENGTH),
  })
  environments!: readonly string[];
}
