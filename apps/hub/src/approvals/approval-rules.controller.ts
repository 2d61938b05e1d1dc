import { isShown } from '@apollo-deploy/domain';
import {
  addApprovalRule,
  type Context,
  listApprovalRules,
  type Principal,
  removeApprovalRule,
  replaceApprovalRule,
  type RuleInForce,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Delete, Get, Inject, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { may } from '../http/access.js';
import { Caller, Seen, type SeenEnvironments } from '../http/caller.js';
import { DeleteOperation, Operation, PostOperation } from '../http/operation.js';
import { IfMatch, type SeenVersion } from '../http/precondition.js';
import { accepted, found } from '../http/refused.js';
import { EVERYWHERE, SOMEWHERE } from '../http/whereabouts.js';
import { CONTEXT } from '../platform/tokens.js';
import { ApprovalRuleChange, ApprovalRuleRequest, readRule } from './approval-rule-requests.js';
import { ApprovalRuleView, approvalRuleView } from './approval-rule-view.js';

@ApiTags('approvals')
@Controller('api/v1/approval-rules')
export class ApprovalRulesController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Post()
  @PostOperation({
    summary: 'Say who must agree to which plans',
    description:
      'Counts at once: offers that no spoke has begun are taken back. Of all rules about a plan each has to be satisfied.',
    access: may('approval-rules', EVERYWHERE),
    answer: ApprovalRuleView,
    status: 201,
    versioned: true,
  })
  async add(
    @Caller() caller: Principal,
    @Body() body: ApprovalRuleRequest,
  ): Promise<ApprovalRuleView> {
    return approvalRuleView(accepted(await addApprovalRule(this.context, caller, readRule(body))));
  }

  @Get()
  @Operation({
    summary: 'List the approval rules in force',
    access: may('view', SOMEWHERE),
    answer: ApprovalRuleView,
    page: true,
  })
  async list(
    @Seen() seen: SeenEnvironments,
  ): Promise<{ readonly items: readonly ApprovalRuleView[] }> {
    return { items: (await this.shownTo(seen)).map(approvalRuleView) };
  }

  @Get(':name')
  @Operation({
    summary: 'Show an approval rule',
    access: may('view', SOMEWHERE),
    answer: ApprovalRuleView,
    versioned: true,
  })
  async get(
    @Seen() seen: SeenEnvironments,
    @Param('name') name: string,
  ): Promise<ApprovalRuleView> {
    const rule = (await this.shownTo(seen)).find((one) => one.rule.name === name);
    const what = `approval rule ${JSON.stringify(name)}`;
    return approvalRuleView(found(rule, 'approval/rule_not_found', what));
  }

  @Put(':name')
  @Operation({
    summary: 'Put another rule in the place of one',
    description: 'As a whole: what is left out is gone.',
    access: may('approval-rules', EVERYWHERE),
    answer: ApprovalRuleView,
    versioned: true,
  })
  async replace(
    @Caller() caller: Principal,
    @Param('name') name: string,
    @Body() body: ApprovalRuleChange,
    @IfMatch() version: SeenVersion,
  ): Promise<ApprovalRuleView> {
    const rule = readRule({ ...body, name });
    return approvalRuleView(
      accepted(await replaceApprovalRule(this.context, caller, rule, version)),
    );
  }

  @Delete(':name')
  @DeleteOperation({
    summary: 'Remove an approval rule, also one that came with the hub',
    access: may('approval-rules', EVERYWHERE),
  })
  async remove(
    @Caller() caller: Principal,
    @Param('name') name: string,
    @IfMatch() version: SeenVersion,
  ): Promise<void> {
    accepted(await removeApprovalRule(this.context, caller, name, version));
  }

  /** All but those about an environment that the reader does not see. */
  private async shownTo(seen: SeenEnvironments): Promise<readonly RuleInForce[]> {
    const rules = await listApprovalRules(this.context);
    return rules.filter(({ rule: { environment } }) =>
      isShown(environment === undefined ? [] : [[environment]], seen),
    );
  }
}
