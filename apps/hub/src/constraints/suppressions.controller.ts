import {
  addConstraint,
  type Context,
  liftSuppression,
  type Page,
  type Principal,
  removeConstraint,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Seen, type SeenEnvironments } from '../http/caller.js';
import { DeleteOperation, Operation, PostOperation } from '../http/operation.js';
import { PageQuery, pageOf } from '../http/page-query.js';
import { IfMatch, type SeenVersion } from '../http/precondition.js';
import { accepted, found } from '../http/refused.js';
import { CONTEXT } from '../platform/tokens.js';
import { acceptedFields } from './accepted-fields.js';
import { findSuppression } from './find-suppression.js';
import { listSuppressions } from './list-suppressions.js';
import { readSuppression } from './read-suppression.js';
import { SuppressionRequest } from './suppression-requests.js';
import { SuppressionView, suppressionView } from './suppression-view.js';
import { may } from '../http/access.js';
import { constraintOfPath, scopeOfBody, SOMEWHERE } from '../http/whereabouts.js';

const KIND = 'suppression_window';

@ApiTags('constraints')
@Controller('api/v1/suppressions')
export class SuppressionsController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Post()
  @PostOperation({
    summary: 'Suppress changes, once or again and again',
    access: may('restrain', scopeOfBody),
    answer: SuppressionView,
    status: 201,
    versioned: true,
  })
  async add(
    @Caller() caller: Principal,
    @Body() body: SuppressionRequest,
  ): Promise<SuppressionView> {
    const suppression = { kind: KIND, ...readSuppression(body) };
    const stored = await addConstraint(this.context, caller, suppression);
    return suppressionView(acceptedFields(stored, ['spec']), this.context.clock.now());
  }

  @Get()
  @Operation({
    summary: 'List suppressions, automatic ones while they last',
    access: may('view', SOMEWHERE),
    answer: SuppressionView,
    page: true,
  })
  async list(
    @Seen() seen: SeenEnvironments,
    @Query() query: PageQuery,
  ): Promise<Page<SuppressionView>> {
    return listSuppressions(this.context, pageOf(query), seen);
  }

  @Get(':id')
  @Operation({
    summary: 'Show a suppression, automatic or not',
    access: may('view', SOMEWHERE),
    answer: SuppressionView,
    versioned: true,
  })
  async get(@Seen() seen: SeenEnvironments, @Param('id') id: string): Promise<SuppressionView> {
    const what = `suppression ${JSON.stringify(id)}`;
    return found(await findSuppression(this.context, id, seen), 'constraint/not_found', what);
  }

  @Delete(':id')
  @DeleteOperation({
    summary: 'Lift a suppression, automatic or not',
    access: may('restrain', constraintOfPath),
  })
  async lift(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @IfMatch() version: SeenVersion,
  ): Promise<void> {
    const lifted = await liftSuppression(this.context, caller, id, version);
    if (lifted !== undefined) {
      accepted(lifted);
      return;
    }
    accepted(await removeConstraint(this.context, caller, id, { kind: KIND, version }));
  }
}
