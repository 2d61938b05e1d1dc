import { FlagField, IntegerField, TextField } from '../http/field.js';
import { CronField, HoursField, ZoneField } from '../schedules/timing-fields.js';
import { ScopeField, type ScopeFields } from './read-scope.js';

const INSTANT_LENGTH = 64;

export class SuppressionRequest {
  @TextField({
    maximum: INSTANT_LENGTH,
    optional: true,
    description: 'RFC 3339. With `end`, or `cron` and a duration instead.',
  })
  start?: string;

  @TextField({ maximum: INSTANT_LENGTH, optional: true, description: 'RFC 3339; not part of it.' })
  end?: string;

  @CronField({ optional: true })
  cron?: string;

  @IntegerField({ minimum: 1, maximum: 44_640, optional: true })
  durationMinutes?: number;

  @HoursField({ optional: true })
  durationHours?: number;

  @ZoneField()
  timezone?: string;

  @TextField({ maximum: 500, description: 'Whoever is stopped by it reads this.' })
  reason!: string;

  @FlagField({ optional: true, description: 'Stops rollbacks and repairs too. Absent = false.' })
  hard?: boolean;

  @ScopeField()
  scope?: ScopeFields;

  @TextField({
    maximum: 256,
    optional: true,
    description: 'No two have the same. Absent = made of the reason and the id.',
  })
  name?: string;

  @FlagField({ optional: true, description: 'Not supported yet: what runs, runs to its end.' })
  cancelActive?: boolean;
}
