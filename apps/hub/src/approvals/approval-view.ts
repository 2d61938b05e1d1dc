import type { PlanApproval, ShownApproval } from '@apollo-deploy/orchestration';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { GateView, gateView } from './gate-views.js';

class GivenApprovalView {
  @ApiProperty()
  by!: string;

  @ApiProperty({
    type: [String],
    description: 'Those of the person at that time. What counts is looked up again at dispatch.',
  })
  roles!: readonly string[];

  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'From when on some gate does not count it any more. Absent = until the plan goes.',
  })
  expiresAt?: string;

  @ApiProperty({ description: 'Of the content that was approved.' })
  digest!: string;

  @ApiPropertyOptional()
  comment?: string;
}

/** Who must agree to a plan, and who has. */
export class ApprovalView {
  @ApiProperty({
    description:
      'Somebody is asked, or nobody is and somebody should be; of a plan that has gone: somebody was asked.',
  })
  required!: boolean;

  @ApiProperty({ description: 'Nothing about approval keeps the plan.' })
  satisfied!: boolean;

  @ApiProperty({
    type: [GateView],
    description: 'All must be satisfied; by level. None once the plan has gone or ended.',
  })
  gates!: readonly GateView[];

  @ApiProperty({
    type: [GivenApprovalView],
    description: 'Of what would run; of a plan that has gone, those by which it went.',
  })
  approvals!: readonly GivenApprovalView[];
}

/** What holds for a plan about which nobody is asked. */
export const NOBODY_IS_ASKED: PlanApproval = {
  required: false,
  satisfied: true,
  gates: [],
  approvals: [],
};

export function approvalView({
  required,
  satisfied,
  gates,
  approvals,
}: PlanApproval): ApprovalView {
  return {
    required,
    satisfied,
    gates: gates.map(gateView),
    approvals: approvals.map(givenView),
  };
}

function givenView({
  by,
  roles,
  at,
  expiresAt,
  digest,
  comment,
}: ShownApproval): GivenApprovalView {
  return {
    ...{ by, roles, at, digest },
    ...(expiresAt !== undefined && { expiresAt }),
    ...(comment !== undefined && { comment }),
  };
}
