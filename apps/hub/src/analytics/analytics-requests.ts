import { ACCEPTED_DAY } from '@apollo-deploy/domain';
import { ANALYTICS_DIMENSIONS, type AnalyticsDimension } from '@apollo-deploy/orchestration';
import { ChoiceField, Field, NameField } from '../http/field.js';

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

class DayRangeQuery {
  @DayField(
    'The first UTC day; an instant stands for its whole day. Absent = 30 days in all. At most 400 days before `to`.',
  )
  from?: string;

  @DayField(
    'The UTC day after the last; of an instant its whole day counts, unless it is midnight. Absent = up to and with today.',
  )
  to?: string;
}

export class PlanAnalyticsQuery extends DayRangeQuery {
  @ChoiceField({
    choices: ANALYTICS_DIMENSIONS,
    optional: true,
    description: 'What makes a group; absent = type.',
  })
  by?: AnalyticsDimension;
}

export class DoraQuery extends DayRangeQuery {
  @NameField({
    optional: true,
    description: 'One of tier production; absent = all of them that you may see.',
  })
  environment?: string;

  @NameField({ optional: true, description: 'Only of this product; absent = of all.' })
  service?: string;
}
