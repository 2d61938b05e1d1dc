import { CHAIN_START, type ChainHead } from '@apollo-deploy/domain';
import {
  type AuditEntry,
  auditHead,
  auditLines,
  type Context,
  type Page,
} from '@apollo-deploy/orchestration';
import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { HubRequest } from '../http/hub-request.js';
import { Operation, StreamOperation } from '../http/operation.js';
import { noSuchPlace, pageOf } from '../http/page-query.js';
import { CONTEXT } from '../platform/tokens.js';
import { AuditExportQuery, AuditQuery } from './audit-requests.js';
import { AuditEntryView, AuditHeadView } from './audit-views.js';
import { AuditExport } from './audit-export.js';
import { may } from '../http/access.js';
import { EVERYWHERE } from '../http/whereabouts.js';

@ApiTags('audit')
@Controller('api/v1/audit')
export class AuditController {
  constructor(
    @Inject(CONTEXT) private readonly context: Context,
    @Inject(AuditExport) private readonly exporting: AuditExport,
  ) {}

  @Get()
  @Operation({
    summary: 'List what was done, oldest first',
    access: may('audit', EVERYWHERE),
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
    const page = pageOf(query);
    return this.context.store.transact(async (unit) => {
      const { after } = page;
      if (after !== undefined && !(await unit.audit.has(after))) throw noSuchPlace(after);
      return unit.audit.list(filter, page);
    });
  }

  @Get('head')
  @Operation({
    summary: 'Show the end of the chain over what was done',
    description:
      'Keep it where the administrators of the hub and its database cannot write. Any export that is made later is proven whole up to here by it: `apolloctl audit verify FILE --head NUMBER:HASH`.',
    access: may('audit', EVERYWHERE),
    answer: AuditHeadView,
  })
  async head(): Promise<ChainHead> {
    return (await auditHead(this.context)) ?? CHAIN_START;
  }

  @Get('export')
  @StreamOperation({
    summary: 'Export what was done, with the chain over it',
    description:
      'One line of canonical JSON for each entry, `{entry, hash, number, previous}`, in the order of the chain. What was done in the last seconds may not be linked yet, and then comes with the next export. An answer that ends in the middle of a line was interrupted.',
    access: may('audit', EVERYWHERE),
    type: 'application/x-ndjson',
  })
  async export(
    @Query() { after = '0' }: AuditExportQuery,
    @Req() request: HubRequest,
    @Res() response: Response,
  ): Promise<void> {
    const pages = auditLines(this.context, Number(after));
    // Before anything is answered: a store that is away is a refusal, and no short export.
    const first = await pages.next();
    response.status(200).set({
      'Content-Type': 'application/x-ndjson; charset=utf-8',
      'Content-Disposition': 'attachment; filename="audit.ndjson"',
      'Cache-Control': 'no-store',
    });
    if (request.method === 'HEAD') response.end();
    else {
      const { standing } = request;
      await this.exporting.serve(response, { first, rest: pages, standing });
    }
  }
}
