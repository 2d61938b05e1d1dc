import { PLAN_STATES } from '@apollo-deploy/domain';
import type { Plan, Violation } from '@apollo-deploy/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

class UnmetView {
  @ApiProperty({ description: 'Stable, for machines.' })
  code!: string;

  @ApiProperty()
  message!: string;

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
    format: 'date-time',
    description: 'The earliest instant it may go; absent if it waits for more than time.',
  })
  earliestAt?: string;
}

/** What can be done about each violation; a code without a line here is cured by its own message. */
const CURES: Readonly<Record<string, string>> = {
  spoke_ready:
    'look after the spoke in its cluster; if it was never connected, give it a token (POST /api/v1/join-tokens)',
  concurrency: 'wait for one of the plans that execute, or allow more in the environment',
};

/** Why a plan has not run, and what would change that. `manual` = a person starts plans there. */
export function explainPlan(plan: Plan, manual: boolean): ExplainView {
  const unmet = unmetOf(plan, manual);
  const instants = unmet.flatMap(({ earliestAt }) => earliestAt ?? []);
  const latest = [...instants].sort().at(-1);
  const onlyTime = latest !== undefined && instants.length === unmet.length;
  return { state: plan.state, unmet, ...(onlyTime && { earliestAt: latest }) };
}

function unmetOf(plan: Plan, manual: boolean): readonly UnmetView[] {
  switch (plan.state) {
    case 'BLOCKED':
      return [...plan.violations.map(unmetViolation), ...(manual ? [waitsForPerson(plan)] : [])];
    case 'PENDING':
      return manual ? [waitsForPerson(plan)] : [];
    case 'EXECUTING':
      return [];
    case 'UNKNOWN':
      return [
        {
          code: 'outcome_unknown',
          message: plan.message ?? 'nobody can tell yet what became of it',
          cure: `the spoke may still tell; if you know, say so (POST /api/v1/plans/${plan.id}/resolve)`,
        },
      ];
    case 'SUCCEEDED':
    case 'FAILED':
    case 'ROLLED_BACK':
    case 'CANCELLED':
      return [];
  }
}

function unmetViolation({ code, message, recheckAt }: Violation): UnmetView {
  return {
    code,
    message,
    ...(recheckAt !== undefined && { earliestAt: recheckAt }),
    cure: CURES[code] ?? 'see the message',
  };
}

function waitsForPerson({ id, environment }: Plan): UnmetView {
  return {
    code: 'manual_execution',
    message: `in ${environment} plans wait for a person to start them`,
    cure: `execute it (POST /api/v1/plans/${id}/execute)`,
  };
}
