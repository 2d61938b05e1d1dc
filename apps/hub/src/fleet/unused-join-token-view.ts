import type { JoinTokenRecord } from '@apollo-deploy/orchestration';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** A join token that is still good, without what it is. */
export class UnusedJoinTokenView {
  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  expiresAt!: string;

  @ApiPropertyOptional({ description: 'Only that cluster may use it; absent: any.' })
  clusterUid?: string;
}

export function unusedJoinTokenView({
  createdAt,
  expiresAt,
  clusterUid,
}: JoinTokenRecord): UnusedJoinTokenView {
  return { createdAt, expiresAt, ...(clusterUid !== undefined && { clusterUid }) };
}
