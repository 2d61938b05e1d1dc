import { Field, TextField } from '../http/field.js';

/** The most that any clock of the hub can mean; what is meant exactly, the domain says. */
const CRON_LENGTH = 256;
const ZONE_LENGTH = 64;

interface Optional {
  readonly optional?: true;
}

/** When something begins, again and again. */
export function CronField(options: Optional = {}): PropertyDecorator {
  const description = 'Five fields, such as "0 2 * * SAT".';
  return TextField({ maximum: CRON_LENGTH, description, ...options });
}

/** How long it lasts, in elapsed hours. */
export function HoursField(options: Optional = {}): PropertyDecorator {
  return Field(
    {
      accepted: 'a number of hours such as 4 or 1.5, in whole minutes, at most 744 (31 days)',
      schema: { type: 'number', maximum: 744 },
      check: (value) => typeof value === 'number' && value > 0 && value <= 744,
    },
    options,
  );
}

export function ZoneField(): PropertyDecorator {
  const description = 'An IANA name such as Europe/London; absent = UTC.';
  return TextField({ maximum: ZONE_LENGTH, description, optional: true });
}
