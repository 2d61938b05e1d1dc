import type { Values } from '@apollo-deploy/domain';
import type { AuditEntry, Context, Page } from '@apollo-deploy/orchestration';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { InstantField, TextField } from '../http/field.js';
import { Operation } from '../http/operation.js';
import { PageQuery, pageOf } from '../http/page-query.js';
import { CONTEXT } from '../platform/tokens.js';

class AuditQuery extends PageQuery {
  @InstantField({ optional: true, description: 'Written at or after.' })
  from?: string;

  @TextField({ maximum: 256, optional: true })
  actor?: string;

  @TextField({ maximum: 256, optional: true, description: 'Such as plan/ID or product/NAME.' })
  subject?: string;
}

class AuditEntryView {
  @ApiProperty()
  id!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty()
  actor!: string;

  @ApiProperty({ enum: ['person', 'spoke', 'engine'] })
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

@ApiTags('audit')
@Controller('api/v1/audit')
export class AuditController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Get()
  @Operation({
    summary: 'List what was done, oldest first',
    access: 'people',
    answer: AuditEntryView,
    page: true,
  })
  async list(@Query() query: AuditQuery): Promise<Page<AuditEntry>> {
    const { from, actor, subject } = query;
    const filter = {
      ...(from !== undefined && { from: new Date(from).toISOString() }),
      ...(actor !== undefined && { actor }),
      ...(subject !== undefined && { subject }),
    };
    return this.context.store.transact((unit) => unit.audit.list(filter, pageOf(query)));
  }
}
