import { PLAN_STATES } from '@apollo-deploy/domain';
import type { Plan, Violation } from '@apollo-deploy/domain';
import type { PlanExplanation } from '@apollo-deploy/orchestration';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { cureOf } from './cures.js';
import { NotedView, notedView } from './noted-view.js';

class UnmetView {
  @ApiProperty({ description: 'Stable, for machines.' })
  code!: string;

  @ApiProperty()
  message!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What it speaks of: names, identifiers, versions, instants; by code.',
  })
  data!: Violation['data'];

  @ApiPropertyOptional({ format: 'date-time', description: 'The earliest instant it may be met.' })
  earliestAt?: string;

  @ApiProperty({ description: 'What can be done about it.' })
  cure!: string;
}

export class ExplainView {
  @ApiProperty({ enum: PLAN_STATES })
  state!: string;

  @ApiProperty({ type: [UnmetView] })
  unmet!: readonly UnmetView[];

  @ApiPropertyOptional({
    type: [NotedView],
    description: 'What speaks against it and does not hold it.',
  })
  noted?: readonly NotedView[];

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'The earliest instant it may go; absent if it waits for more than time.',
  })
  earliestAt?: string;
}

/** Why a plan has not run, when it can, and what would change that. */
export function explainView({
  plan,
  manual,
  unmet,
  noted,
  earliestAt,
}: PlanExplanation): ExplainView {
  const all = [...unmet.map(unmetView), ...besides(plan, manual)];
  const onlyConstraints = all.length === unmet.length;
  return {
    state: plan.state,
    unmet: all,
    ...(noted.length > 0 && { noted: noted.map(notedView) }),
    ...(earliestAt !== undefined && onlyConstraints && { earliestAt }),
  };
}

/** What it waits for that is no constraint. */
function besides(plan: Plan, manual: boolean): readonly UnmetView[] {
  switch (plan.state) {
    case 'PENDING':
    case 'BLOCKED':
      return manual ? [waitsForPerson(plan)] : [];
    case 'UNKNOWN':
      return [
        {
          code: 'outcome_unknown',
          message: plan.message ?? 'nobody can tell yet what became of it',
          data: {},
          cure: `the spoke may still tell; if you know, say so (POST /api/v1/plans/${plan.id}/resolve)`,
        },
      ];
    case 'EXECUTING':
    case 'SUCCEEDED':
    case 'FAILED':
    case 'ROLLED_BACK':
    case 'CANCELLED':
      return [];
  }
}

function unmetView({ code, message, data, recheckAt }: Violation): UnmetView {
  return {
    code,
    message,
    data,
    ...(recheckAt !== undefined && { earliestAt: recheckAt }),
    cure: cureOf(code, data),
  };
}

function waitsForPerson({ id, environment }: Plan): UnmetView {
  return {
    code: 'manual_execution',
    message: `in ${environment} plans wait for a person to start them`,
    data: { environment },
    cure: `execute it (POST /api/v1/plans/${id}/execute)`,
  };
}
