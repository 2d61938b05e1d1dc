import type { DelegationRecord } from '@apollo-deploy/orchestration';
import { ApiProperty } from '@nestjs/swagger';
import { SELECTOR_SCHEMAS } from './rule-schema.js';

/** Roles that somebody has lent. */
export class DelegationView {
  @ApiProperty()
  id!: string;

  @ApiProperty({ description: 'Whose roles they are. They count only while the giver has them.' })
  giver!: string;

  @ApiProperty()
  to!: string;

  @ApiProperty({ type: [String] })
  roles!: readonly string[];

  @ApiProperty({
    allOf: [{ type: 'object', properties: SELECTOR_SCHEMAS }],
    description: 'For which plans; empty = for all.',
  })
  scope!: DelegationRecord['scope'];

  @ApiProperty({ format: 'date-time' })
  from!: string;

  @ApiProperty({ format: 'date-time', description: 'Not included.' })
  until!: string;

  @ApiProperty({ format: 'date-time' })
  givenAt!: string;
}

export function delegationView(delegation: DelegationRecord): DelegationView {
  const { id, giver, to, roles, scope, from, until, givenAt } = delegation;
  return { id, giver, to, roles, scope, from, until, givenAt };
}
