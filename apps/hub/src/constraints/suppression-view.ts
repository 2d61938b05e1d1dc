import type { StoredConstraint } from '@apollo-deploy/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { StoredView, storedView } from './constraint-view.js';

export class SuppressionView extends StoredView {
  @ApiProperty()
  reason!: string;

  @ApiProperty({ description: 'Stops rollbacks and repairs too.' })
  hard!: boolean;

  @ApiPropertyOptional({ format: 'date-time' })
  start?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  end?: string;

  @ApiPropertyOptional({ description: 'Of a recurring one, with a duration and a time zone.' })
  cron?: string;

  @ApiPropertyOptional()
  durationMinutes?: number;

  @ApiPropertyOptional()
  durationHours?: number;

  @ApiPropertyOptional()
  timezone?: string;
}

/** The fields of the spec stand beside those of the constraint. */
export function suppressionView(stored: StoredConstraint): SuppressionView {
  const { hard = false, ...spec } = stored.spec as unknown as SuppressionSpec;
  return { ...storedView(stored), ...spec, hard };
}

type SuppressionSpec = Omit<SuppressionView, keyof StoredView | 'hard'> & {
  readonly hard?: boolean;
};
