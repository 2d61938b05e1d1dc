import {
  BUILT_IN_CONSTRAINTS,
  type BuiltInConstraint,
  CONSTRAINT_KINDS,
  type ConstraintKind,
  NO_SPEC,
} from '@apollo-deploy/domain';
import { Controller, Get } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { Operation } from '../http/operation.js';
import { may } from '../http/access.js';
import { SOMEWHERE } from '../http/whereabouts.js';

class ConstraintKindView {
  @ApiProperty({
    enum: [...Object.keys(CONSTRAINT_KINDS), ...BUILT_IN_CONSTRAINTS.map(({ kind }) => kind)],
  })
  kind!: string;

  @ApiProperty({ description: 'What plans must satisfy.' })
  description!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'JSON Schema of the spec.',
  })
  schema!: object;

  @ApiProperty({ description: 'It is there by itself, and cannot be stored.' })
  builtIn!: boolean;
}

@ApiTags('constraints')
@Controller('api/v1/constraint-kinds')
export class ConstraintKindsController {
  @Get()
  @Operation({
    summary: 'List the kinds of constraints, each with the schema of its spec',
    access: may('view', SOMEWHERE),
    answer: ConstraintKindView,
    list: true,
  })
  list(): readonly ConstraintKindView[] {
    return constraintKindViews(CONSTRAINT_KINDS, BUILT_IN_CONSTRAINTS);
  }
}

/** What people are told about each kind: those that can be stored, then those that are built in. */
export function constraintKindViews(
  kinds: Readonly<Record<string, ConstraintKind>>,
  builtIn: readonly BuiltInConstraint[],
): readonly ConstraintKindView[] {
  return [
    ...Object.entries(kinds).map(([kind, { description, schema }]) => ({
      ...{ kind, description, schema, builtIn: false },
    })),
    ...builtIn.map(({ kind, description }) => ({
      ...{ kind, description, schema: NO_SPEC, builtIn: true },
    })),
  ];
}
