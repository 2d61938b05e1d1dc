import type { Criticality, Escalation, PlanType, STRATEGIES, Tier } from '@apollo-deploy/domain';
import type { RuleInForce } from '@apollo-deploy/orchestration';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { DEMAND_SCHEMAS, type Schema, SELECTOR_SCHEMAS } from './rule-schema.js';

const documented = (schema: Schema) => ({ allOf: [schema] });

/** Who must agree to which plans. */
export class ApprovalRuleView {
  @ApiProperty()
  name!: string;

  @ApiPropertyOptional(documented(SELECTOR_SCHEMAS.environment))
  environment?: string;

  @ApiPropertyOptional(documented(SELECTOR_SCHEMAS.tier))
  tier?: Tier;

  @ApiPropertyOptional(documented(SELECTOR_SCHEMAS.planTypes))
  planTypes?: readonly PlanType[];

  @ApiPropertyOptional(documented(SELECTOR_SCHEMAS.criticality))
  criticality?: Criticality;

  @ApiPropertyOptional(documented(SELECTOR_SCHEMAS.products))
  products?: readonly string[];

  @ApiPropertyOptional(documented(SELECTOR_SCHEMAS.strategy))
  strategy?: (typeof STRATEGIES)[number];

  @ApiProperty(documented(DEMAND_SCHEMAS.requiredRoles))
  requiredRoles!: readonly string[];

  @ApiPropertyOptional(documented(DEMAND_SCHEMAS.requiredApprovers))
  requiredApprovers?: number;

  @ApiPropertyOptional(documented(DEMAND_SCHEMAS.ttlHours))
  ttlHours?: number;

  @ApiPropertyOptional(documented(DEMAND_SCHEMAS.requestTtlHours))
  requestTtlHours?: number;

  @ApiPropertyOptional(documented(DEMAND_SCHEMAS.notBefore))
  notBefore?: string;

  @ApiPropertyOptional(documented(DEMAND_SCHEMAS.escalation))
  escalation?: Escalation;

  @ApiProperty()
  level!: number;

  @ApiProperty({ description: 'Authors of a plan may approve it.' })
  allowAuthor!: boolean;

  @ApiPropertyOptional({ description: 'Who said so last. Absent = it came with the hub.' })
  by?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  at?: string;

  @ApiProperty({
    description: '0: it came with the hub, and nobody has touched it. Also the ETag.',
  })
  version!: number;
}

export function approvalRuleView({ rule, record, version }: RuleInForce): ApprovalRuleView {
  return { ...rule, ...(record !== undefined && { by: record.by, at: record.at }), version };
}
