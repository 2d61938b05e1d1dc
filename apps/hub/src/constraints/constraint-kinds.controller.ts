import { CONSTRAINT_KINDS, type ConstraintKind } from '@apollo-deploy/domain';
import { Controller, Get } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { Operation } from '../http/operation.js';

class ConstraintKindView {
  @ApiProperty({ enum: Object.keys(CONSTRAINT_KINDS) })
  kind!: string;

  @ApiProperty({ description: 'What plans must satisfy.' })
  description!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'JSON Schema of the spec.',
  })
  schema!: object;
}

@ApiTags('constraints')
@Controller('api/v1/constraint-kinds')
export class ConstraintKindsController {
  @Get()
  @Operation({
    summary: 'List the kinds of constraints, each with the schema of its spec',
    access: 'people',
    answer: ConstraintKindView,
    list: true,
  })
  list(): readonly ConstraintKindView[] {
    return constraintKindViews(CONSTRAINT_KINDS);
  }
}

/** What people are told about each kind of a registry. */
export function constraintKindViews(
  kinds: Readonly<Record<string, ConstraintKind>>,
): readonly ConstraintKindView[] {
  return Object.entries(kinds).map(([kind, { description, schema }]) => ({
    kind,
    description,
    schema,
  }));
}
