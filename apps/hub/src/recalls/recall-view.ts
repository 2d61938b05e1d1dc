import { type Recall, RECALL_STRATEGIES } from '@apollo-deploy/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class RecallView {
  @ApiProperty()
  id!: string;

  @ApiProperty()
  product!: string;

  @ApiProperty()
  range!: string;

  @ApiProperty({ enum: RECALL_STRATEGIES })
  strategy!: string;

  @ApiPropertyOptional({ description: 'The oldest version that a downgrade may go to.' })
  minimum?: string;

  @ApiProperty()
  reason!: string;

  @ApiProperty()
  createdBy!: string;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;
}

export function recallView(recall: Recall): RecallView {
  const { id, product, range, strategy, minimum, reason, createdBy, createdAt } = recall;
  return {
    id,
    product,
    range,
    strategy,
    ...(minimum !== undefined && { minimum }),
    reason,
    createdBy,
    createdAt,
  };
}
