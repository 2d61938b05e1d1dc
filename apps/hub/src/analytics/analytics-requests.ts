import { ACCEPTED_DAY } from '@apollo-deploy/domain';
import { ANALYTICS_DIMENSIONS, type AnalyticsDimension } from '@apollo-deploy/orchestration';
import { ChoiceField, Field } from '../http/field.js';

/** Text only; which days there are, and how many may be asked for, is the domain's to say. */
function DayField(description: string): PropertyDecorator {
  return Field(
    {
      accepted: ACCEPTED_DAY,
      schema: { type: String, example: '2026-03-01' },
      check: (value) => typeof value === 'string',
    },
    { optional: true, description },
  );
}

export class PlanAnalyticsQuery {
  @ChoiceField({
    choices: ANALYTICS_DIMENSIONS,
    optional: true,
    description: 'What makes a group; absent = type.',
  })
  by?: AnalyticsDimension;

  @DayField(
    'The first UTC day; an instant stands for its whole day. Absent = 30 days in all. At most 400 days before `to`.',
  )
  from?: string;

  @DayField(
    'The UTC day after the last; of an instant its whole day counts, unless it is midnight. Absent = up to and with today.',
  )
  to?: string;
}
