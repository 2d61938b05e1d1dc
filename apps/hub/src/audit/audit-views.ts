import type { Values } from '@apollo-deploy/domain';
import { PRINCIPAL_KINDS } from '@apollo-deploy/orchestration';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** One thing that was done. */
export class AuditEntryView {
  @ApiProperty()
  id!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty()
  actor!: string;

  @ApiProperty({ enum: PRINCIPAL_KINDS })
  actorKind!: string;

  @ApiProperty()
  action!: string;

  @ApiProperty()
  subject!: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  detail!: Values;

  @ApiPropertyOptional()
  requestId?: string;
}

/** The last line of the chain over the audit trail. */
export class AuditHeadView {
  @ApiProperty({ description: 'How many entries are linked; 0 = none yet.' })
  number!: number;

  @ApiProperty({ description: 'SHA-256 that covers all of them; 64 zeros if there is none.' })
  hash!: string;
}
