import {
  CONSTRAINT_KINDS,
  readStored,
  type Scope,
  type StoredConstraint,
} from '@apollo-deploy/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** What every stored constraint shows, whatever its kind. */
export class StoredView {
  @ApiProperty()
  id!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Which plans it is about; an absent member means all.',
  })
  scope!: Scope;

  @ApiProperty()
  createdBy!: string;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty()
  version!: number;
}

export class ConstraintView extends StoredView {
  @ApiProperty({ enum: Object.keys(CONSTRAINT_KINDS) })
  kind!: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  spec!: StoredConstraint['spec'];

  @ApiPropertyOptional({
    description:
      'Why this version of the hub cannot read it; until it can, or the constraint is removed, no plan in its scope goes. Absent where it can.',
  })
  unreadable?: string;
}

export function constraintView(stored: StoredConstraint): ConstraintView {
  const { unreadable } = readStored(stored);
  return {
    ...storedView(stored),
    kind: stored.kind,
    spec: stored.spec,
    ...(unreadable !== undefined && { unreadable }),
  };
}

export function storedView(stored: StoredConstraint): StoredView {
  const { id, name, scope, createdBy, createdAt, version } = stored;
  return { id, name, scope, createdBy, createdAt, version };
}
