import { type JudgedGate, SET_ASIDE_REASONS, type SetAsideReason } from '@apollo-deploy/domain';
import type { Json } from '@apollo-deploy/kernel';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const LIST: { readonly type: [StringConstructor] } = { type: [String] };

class SeatView {
  @ApiPropertyOptional({ description: 'Absent = anybody may take it.' })
  role?: string;

  @ApiPropertyOptional({ description: 'Who fills it. Absent = it is empty.' })
  by?: string;
}

class CountedApprovalView {
  @ApiProperty()
  by!: string;

  @ApiProperty({ ...LIST, description: 'Those that count now.' })
  roles!: readonly string[];

  @ApiPropertyOptional({ format: 'date-time', description: 'Absent = until the plan goes.' })
  expiresAt?: string;
}

class SetAsideView {
  @ApiProperty()
  by!: string;

  @ApiProperty({ enum: SET_ASIDE_REASONS })
  because!: SetAsideReason;

  @ApiProperty({ description: 'A sentence for people.' })
  message!: string;
}

class LacksView {
  @ApiProperty({ ...LIST, description: 'Roles for which there is nobody.' })
  roles!: readonly string[];

  @ApiProperty({ description: 'How many people in all.' })
  people!: number;
}

export class GateView {
  @ApiProperty({ description: 'The name of the rule, or the place of the gate in the request.' })
  rule!: string;

  @ApiProperty()
  level!: number;

  @ApiProperty({ description: 'All gates of lower levels are satisfied.' })
  open!: boolean;

  @ApiProperty()
  satisfied!: boolean;

  @ApiProperty({ description: 'How many different people in all.' })
  requiredApprovers!: number;

  @ApiProperty(LIST)
  requiredRoles!: readonly string[];

  @ApiProperty({ type: [SeatView], description: 'Who fills what; each by a different person.' })
  seats!: readonly SeatView[];

  @ApiProperty({ ...LIST, description: 'Roles that nobody fills, as often as they are missing.' })
  missing!: readonly string[];

  @ApiProperty({
    description: 'How many more people it takes, those for the missing roles included.',
  })
  missingApprovers!: number;

  @ApiProperty({ ...LIST, description: 'One more person with any of these brings it further.' })
  wantedRoles!: readonly string[];

  @ApiProperty({ description: 'One more person brings it further, whatever the role.' })
  wantsAnybody!: boolean;

  @ApiProperty({ description: 'The people there are could satisfy it, authors left out.' })
  satisfiable!: boolean;

  @ApiProperty({ description: 'Whom it would take besides the people there are.' })
  lacks!: LacksView;

  @ApiProperty({ type: [CountedApprovalView], description: 'What counts.' })
  approvals!: readonly CountedApprovalView[];

  @ApiProperty({ type: [SetAsideView], description: 'What does not, and why.' })
  setAside!: readonly SetAsideView[];
}

/** A gate with what has been said so far, without naming who else could answer it. */
export function gateView(judged: JudgedGate): GateView {
  const { rule, escalated: _, candidates: __, approvers, ...gate } = judged;
  return {
    rule: rule.name,
    level: rule.level,
    requiredRoles: rule.requiredRoles,
    ...gate,
    approvals: approvers.map(({ name, ...rest }) => ({ by: name, ...rest })),
  };
}

class ApprovalViolationView {
  @ApiProperty({ enum: ['approval', 'gate_unsatisfiable', 'no_approval_rule'] })
  code!: string;

  @ApiProperty({ description: 'A sentence for people: what is missing, and what to do.' })
  message!: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  data!: Readonly<Record<string, Json>>;

  @ApiPropertyOptional({ format: 'date-time', description: 'When time alone may cure it.' })
  recheckAt?: string;
}

/** An approval that will be worth nothing by the time the plan may begin. */
export class LapseView {
  @ApiProperty({ format: 'date-time' })
  expiresAt!: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'When the plan may begin, if known.' })
  opensAt?: string;

  @ApiProperty({ description: 'What the approver is told at once.' })
  message!: string;
}

export class LapsesView extends LapseView {
  @ApiProperty()
  rule!: string;

  @ApiProperty()
  by!: string;
}

const FREE = ['no_rule', 'covered', 'rollback'] as const;

export class GatesView {
  @ApiProperty({ description: 'No gate is left to be satisfied.' })
  satisfied!: boolean;

  @ApiPropertyOptional({
    enum: FREE,
    description:
      'Why nobody is asked: no rule matches, it was approved with another plan, or it is a way back that no rule names. Absent where somebody is, or where a rule is lacking.',
  })
  free?: (typeof FREE)[number];

  @ApiPropertyOptional({ description: 'True: the plan goes without, and owes an explanation.' })
  waived?: true;

  @ApiProperty({ type: [GateView], description: 'All must be satisfied; by level.' })
  gates!: readonly GateView[];

  @ApiProperty({ type: [ApprovalViolationView], description: 'What the plan waits for.' })
  violations!: readonly ApprovalViolationView[];

  @ApiProperty({
    type: [LapsesView],
    description: 'Approvals that will have lapsed before the plan may begin.',
  })
  lapses!: readonly LapsesView[];
}
