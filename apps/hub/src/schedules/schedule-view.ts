import { type StoredConstraint, WINDOW_LAYERS } from '@apollo-deploy/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { StoredView, storedView } from '../constraints/constraint-view.js';

export class ScheduleView extends StoredView {
  @ApiProperty({ enum: WINDOW_LAYERS })
  layer!: string;

  @ApiProperty()
  cron!: string;

  @ApiPropertyOptional({ description: 'Either hours or minutes.' })
  durationHours?: number;

  @ApiPropertyOptional()
  durationMinutes?: number;

  @ApiProperty()
  timezone!: string;

  @ApiPropertyOptional({ type: [String], description: 'Absent = not bound to environments.' })
  environments?: readonly string[];
}

/** A stored maintenance window; the fields of its spec stand beside those of the constraint. */
export function scheduleView(stored: StoredConstraint): ScheduleView {
  const { environments } = stored.scope;
  const { timezone = 'UTC', ...spec } = stored.spec as unknown as Omit<
    ScheduleView,
    keyof StoredView | 'environments' | 'timezone'
  > & { readonly timezone?: string };
  return {
    ...storedView(stored),
    ...spec,
    timezone,
    ...(environments !== undefined && { environments }),
  };
}
