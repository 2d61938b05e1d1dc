import {
  type BreakGlass,
  isInForce,
  isOverdue,
  REVIEW_VERDICTS,
  WAIVABLE,
} from '@apollo-deploy/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

class EndView {
  @ApiProperty()
  by!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;
}

class ReviewView extends EndView {
  @ApiProperty({ enum: REVIEW_VERDICTS })
  verdict!: string;

  @ApiPropertyOptional()
  comment?: string;
}

export class BreakGlassView {
  @ApiProperty()
  id!: string;

  @ApiProperty({ description: 'The product whose plans go past what is waived.' })
  service!: string;

  @ApiProperty()
  environment!: string;

  @ApiPropertyOptional({
    description:
      'The id of the hotfix that it was opened for: nothing else goes by it. Absent: a person opened it, and ordinary plans of the service go by it.',
  })
  deployment?: string;

  @ApiProperty({ enum: WAIVABLE, isArray: true })
  waives!: readonly string[];

  @ApiProperty()
  reason!: string;

  @ApiProperty()
  openedBy!: string;

  @ApiProperty({ format: 'date-time' })
  openedAt!: string;

  @ApiProperty({ format: 'date-time', description: 'When it ends by itself.' })
  until!: string;

  @ApiProperty({
    description:
      'Plans go by it now. False also while whoever opened it may not do so any more, by the roles that the hub keeps.',
  })
  inForce!: boolean;

  @ApiProperty({
    format: 'date-time',
    description:
      'By then somebody else has to review it, whether anything went by it or not; see unusedAt.',
  })
  dueAt!: string;

  @ApiProperty({
    description:
      'Nobody has reviewed it in time: new versions of the service wait there and, in staging and production, wherever the tier is not above that of its environment.',
  })
  overdue!: boolean;

  @ApiProperty({ description: 'How many plans went by it.' })
  uses!: number;

  @ApiProperty({ type: [String], description: 'The first of them.' })
  plans!: readonly string[];

  @ApiPropertyOptional({ type: EndView, description: 'It was ended before its time.' })
  ended?: EndView;

  @ApiPropertyOptional({ type: ReviewView, description: 'Absent: nobody has reviewed it.' })
  review?: ReviewView;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Its hotfix had ended then and nothing had gone by it: it owes no review.',
  })
  unusedAt?: string;

  @ApiProperty()
  version!: number;
}

/** `backed`: the same as it counts by what its opener may do now. */
export function breakGlassView(
  glass: BreakGlass,
  backed: Pick<BreakGlass, 'waives'>,
  now: Date,
): BreakGlassView {
  const { id, product, environment, waives, reason, ended, review, version } = glass;
  const { deployment, openedBy, openedAt, until, dueAt, uses, plans, unusedAt } = glass;
  return {
    ...{ id, service: product, environment, waives, reason, openedBy, openedAt, until },
    ...(deployment !== undefined && { deployment }),
    inForce: isInForce(glass, now) && backed.waives.length > 0,
    dueAt,
    overdue: isOverdue(glass, now),
    ...{ uses, plans },
    ...(ended !== undefined && { ended }),
    ...(review !== undefined && { review }),
    ...(unusedAt !== undefined && { unusedAt }),
    version,
  };
}
