import type { AutomaticSuppression, StoredConstraint } from '@apollo-deploy/domain';
import { ENGINE } from '@apollo-deploy/orchestration';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { StoredView, storedView } from './constraint-view.js';

/** Who made it: a person, or the engine after a plan had failed. */
const SOURCES = ['person', 'automatic'] as const;

export class SuppressionView extends StoredView {
  @ApiProperty({ enum: SOURCES })
  source!: (typeof SOURCES)[number];

  @ApiProperty()
  reason!: string;

  @ApiProperty({ description: 'Stops rollbacks and repairs too.' })
  hard!: boolean;

  @ApiPropertyOptional({ format: 'date-time' })
  start?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  end?: string;

  @ApiProperty({
    description:
      'Its end is past: it stops nothing any more. One that a person made stays in the list until it is removed. Recurring ones never end.',
  })
  ended!: boolean;

  @ApiPropertyOptional({ description: 'Of a recurring one, with a duration and a time zone.' })
  cron?: string;

  @ApiPropertyOptional()
  durationMinutes?: number;

  @ApiPropertyOptional()
  durationHours?: number;

  @ApiPropertyOptional()
  timezone?: string;

  @ApiPropertyOptional({ description: 'Of an automatic one: failures in a row.' })
  failures?: number;

  @ApiPropertyOptional({ description: 'Of an automatic one: the plan that failed last.' })
  planId?: string;
}

/** The fields of the spec stand beside those of the constraint. */
export function suppressionView(stored: StoredConstraint, now: Date): SuppressionView {
  // One that cannot be read may have lost its spec; it is listed all the same, so that it can be lifted.
  const given = stored.spec as SuppressionSpec | null;
  const { hard = false, ...spec } = given ?? {};
  return {
    ...storedView(stored),
    source: 'person',
    reason: '',
    ...spec,
    hard,
    ended: isOver(spec.end, now),
  };
}

/**
 * In the shape of one that a person made for its entity; its version counts the failures. `ended`: it is past its end.
 */
export function automaticSuppressionView(
  suppression: AutomaticSuppression,
  ended = false,
): SuppressionView {
  const { id, entity, from, until, failures, planId, reason } = suppression;
  return {
    id,
    name: `${entity} after plan ${planId}`,
    source: 'automatic',
    scope: { entities: [entity] },
    reason,
    hard: false,
    start: from,
    end: until,
    ended,
    failures,
    planId,
    createdBy: ENGINE.name,
    createdAt: from,
    version: failures,
  };
}

/** What has no end, or none that can be read, is not over. */
function isOver(end: unknown, now: Date): boolean {
  return typeof end === 'string' && Date.parse(end) <= now.getTime();
}

type SuppressionSpec = Partial<
  Omit<SuppressionView, keyof StoredView | 'hard' | 'source' | 'ended'>
> & {
  readonly hard?: boolean;
};
