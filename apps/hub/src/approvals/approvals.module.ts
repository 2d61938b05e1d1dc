import { Module } from '@nestjs/common';
import { ApprovalGatesController } from './approval-gates.controller.js';
import { ApprovalRulesController } from './approval-rules.controller.js';
import { DelegationsController } from './delegations.controller.js';
import { PlanApprovalsController } from './plan-approvals.controller.js';

/** Who must agree to plans, and who does. */
@Module({
  controllers: [
    ApprovalGatesController,
    ApprovalRulesController,
    DelegationsController,
    PlanApprovalsController,
  ],
})
export class ApprovalsModule {}
