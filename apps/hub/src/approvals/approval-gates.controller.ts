import type { Context } from '@apollo-deploy/orchestration';
import { Body, Controller, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { PostOperation } from '../http/operation.js';
import { CONTEXT } from '../platform/tokens.js';
import { evaluateGates } from './evaluate-gates.js';
import { GatesRequest } from './gate-requests.js';
import { GatesView } from './gate-views.js';
import { may } from '../http/access.js';
import { planOfBody } from '../http/whereabouts.js';

@ApiTags('approvals')
@Controller('api/v1/approval-gates')
export class ApprovalGatesController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Post('evaluate')
  @PostOperation({
    summary: 'Preview approvals: who would have to agree to a plan, who is missing, who cannot be',
    description: 'Records nothing and approves nothing.',
    access: may('view', planOfBody),
    answer: GatesView,
  })
  evaluate(@Body() request: GatesRequest): Promise<GatesView> {
    return evaluateGates(this.context, request);
  }
}
