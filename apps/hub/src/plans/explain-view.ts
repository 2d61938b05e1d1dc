import { PLAN_STATES } from '@apollo-deploy/domain';
import type { JudgedGate, Plan, Violation } from '@apollo-deploy/domain';
import type { PlanExplanation } from '@apollo-deploy/orchestration';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { cureOf } from './cures.js';
import { NotedView, notedView } from './noted-view.js';

/** So many people are named in one sentence. */
const MOST_NAMED = 5;

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

/** Why a plan has not run, when it can, and what would change that; `gates` as they stand. */
export function explainView(
  { plan, manual, unmet, noted, earliestAt }: PlanExplanation,
  gates: readonly JudgedGate[] = [],
): ExplainView {
  const named = unmet.map((violation) => namingApprovers(unmetView(violation), plan, gates));
  const all = [...named, ...besides(plan, manual)];
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
      return waitsInCluster(plan);
    case 'SUCCEEDED':
    case 'FAILED':
    case 'ROLLED_BACK':
    case 'CANCELLED':
      return [];
  }
}

/** It has gone out, and its spoke says that it cannot go on just now. */
function waitsInCluster({ id, spoke, progress }: Plan): readonly UnmetView[] {
  if (progress?.waitingSince === undefined) return [];
  const { message, at, waitingSince } = progress;
  return [
    {
      code: 'spoke_waits',
      message: `spoke ${spoke} waits since ${waitingSince}: ${message}`,
      data: { spoke, waitingSince, at },
      cure: `do what the message says, and it goes on by itself; or cancel it (POST /api/v1/plans/${id}/cancel)`,
    },
  ];
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

/** Whoever has to ask somebody is told whom. */
function namingApprovers(unmet: UnmetView, { id }: Plan, gates: readonly JudgedGate[]): UnmetView {
  if (unmet.code !== 'approval') return unmet;
  const gate = gates.find(({ rule }) => rule.name === unmet.data['rule']);
  if (gate === undefined || gate.candidates.length === 0) return unmet;
  const named = gate.candidates.slice(0, MOST_NAMED).join(' or ');
  const others = gate.candidates.length - MOST_NAMED;
  const who = others > 0 ? `${named} or ${others} more` : named;
  return {
    ...unmet,
    cure: `let ${who} look at it and approve its digest (POST /api/v1/plans/${id}/approve), or reject it (POST /api/v1/plans/${id}/reject)`,
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
