import { ApiProperty } from '@nestjs/swagger';

const NONE = { type: 'array', items: { type: 'object' }, maxItems: 0 } as const;

/** Who must agree to a plan, and who has. */
export class ApprovalView {
  @ApiProperty({ description: 'Always false: this version has no approval rules.' })
  required!: boolean;

  @ApiProperty({ description: 'Always true: where nothing is required, nothing is missing.' })
  satisfied!: boolean;

  @ApiProperty({ ...NONE, description: 'Always empty: this version has no approval rules.' })
  gates!: readonly never[];

  @ApiProperty({ ...NONE, description: 'Always empty: there is nothing to approve.' })
  approvals!: readonly never[];
}

/** What holds for every plan while there are no approval rules. */
export const NOTHING_TO_APPROVE: ApprovalView = {
  required: false,
  satisfied: true,
  gates: [],
  approvals: [],
};
