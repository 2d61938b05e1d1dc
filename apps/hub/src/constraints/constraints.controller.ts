import {
  addConstraint,
  type Context,
  listShownConstraints,
  type Page,
  type Principal,
  removeConstraint,
  showConstraint,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Seen, type SeenEnvironments } from '../http/caller.js';
import { DeleteOperation, Operation, PostOperation } from '../http/operation.js';
import { mapPage, pageOf } from '../http/page-query.js';
import { IfMatch, type SeenVersion } from '../http/precondition.js';
import { accepted, found } from '../http/refused.js';
import { CONTEXT } from '../platform/tokens.js';
import { checkSpec } from './check-spec.js';
import { ConstraintQuery, ConstraintRequest } from './constraint-requests.js';
import { ConstraintView, constraintView } from './constraint-view.js';
import { readScope } from './read-scope.js';
import { may } from '../http/access.js';
import { constraintOfPath, scopeOfBody, SOMEWHERE } from '../http/whereabouts.js';

@ApiTags('constraints')
@Controller('api/v1/constraints')
export class ConstraintsController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Post()
  @PostOperation({
    summary: 'Add a constraint; what it forbids stops at once',
    access: may('restrain', scopeOfBody),
    answer: ConstraintView,
    status: 201,
    versioned: true,
  })
  async add(
    @Caller() caller: Principal,
    @Body() { name, kind, spec, scope }: ConstraintRequest,
  ): Promise<ConstraintView> {
    checkSpec(kind, spec);
    const constraint = { name, kind, spec, scope: readScope(scope) };
    return constraintView(accepted(await addConstraint(this.context, caller, constraint)));
  }

  @Get()
  @Operation({
    summary: 'List constraints',
    description:
      'Those that count somewhere you may see; their scopes name nothing that you may not.',
    access: may('view', SOMEWHERE),
    answer: ConstraintView,
    page: true,
  })
  async list(
    @Seen() seen: SeenEnvironments,
    @Query() query: ConstraintQuery,
  ): Promise<Page<ConstraintView>> {
    const page = await this.context.store.transact((unit) =>
      listShownConstraints(unit, { kind: query.kind, seen }, pageOf(query)),
    );
    return mapPage(page, constraintView);
  }

  @Get(':id')
  @Operation({
    summary: 'Show a constraint',
    access: may('view', SOMEWHERE),
    answer: ConstraintView,
    versioned: true,
  })
  async get(@Seen() seen: SeenEnvironments, @Param('id') id: string): Promise<ConstraintView> {
    const constraint = await this.context.store.transact((unit) =>
      showConstraint(unit, id, { seen }),
    );
    return constraintView(
      found(constraint, 'constraint/not_found', `constraint ${JSON.stringify(id)}`),
    );
  }

  @Delete(':id')
  @DeleteOperation({
    summary: 'Remove a constraint',
    access: may('restrain', constraintOfPath),
  })
  async remove(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @IfMatch() version: SeenVersion,
  ): Promise<void> {
    accepted(await removeConstraint(this.context, caller, id, { version }));
  }
}
