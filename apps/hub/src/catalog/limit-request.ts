import { IntegerField } from '../http/field.js';

/** How many plans may execute at once, of what the path names. */
export class LimitRequest {
  @IntegerField({
    minimum: 1,
    maximum: 10_000,
    optional: true,
    description: 'Absent = no limit; for a spoke, 10.',
  })
  maxConcurrent?: number;
}
