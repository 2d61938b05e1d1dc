import { type Hold, HOLD_CAUSES, HOLD_ENDS } from '@apollo-deploy/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ContentView } from '../plans/content-view.js';

class LeftByView {
  @ApiProperty()
  version!: string;

  @ApiProperty()
  valuesDigest!: string;
}

export class HoldView {
  @ApiProperty()
  id!: string;

  @ApiProperty()
  entity!: string;

  @ApiPropertyOptional({
    type: ContentView,
    description: 'What it keeps the entity at, and restores. Absent: it only forbids.',
  })
  fixes?: ContentView;

  @ApiProperty({ enum: HOLD_ENDS })
  until!: string;

  @ApiProperty()
  reason!: string;

  @ApiProperty({ enum: HOLD_CAUSES })
  cause!: string;

  @ApiProperty()
  by!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiPropertyOptional({ description: 'The plan that left it.' })
  planId?: string;

  @ApiPropertyOptional({
    type: LeftByView,
    description: 'Of until: newer. A newer version than this, or other values, end it.',
  })
  above?: LeftByView;
}

/** Values are not shown: whoever may see them sees them at the entity. */
export function holdView({ fixes, ...hold }: Hold): HoldView {
  if (fixes === undefined) return hold;
  const { version, chartSha256, valuesDigest } = fixes;
  return { ...hold, fixes: { version, chartSha256, valuesDigest } };
}
