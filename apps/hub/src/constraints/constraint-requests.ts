import { CONSTRAINT_KINDS } from '@apollo-deploy/domain';
import type { Json } from '@apollo-deploy/kernel';
import { ChoiceField, Field, isPlainObject, NAME_LENGTH, TextField } from '../http/field.js';
import { PageQuery } from '../http/page-query.js';
import { ScopeField, type ScopeFields } from './read-scope.js';

const KINDS = Object.keys(CONSTRAINT_KINDS);

export class ConstraintRequest {
  @TextField({ maximum: NAME_LENGTH, description: 'Of your choice; no two have the same.' })
  name!: string;

  @ChoiceField({ choices: KINDS })
  kind!: string;

  @Field(
    {
      accepted: 'an object as the kind asks for, see GET /api/v1/constraint-kinds',
      schema: { type: 'object', additionalProperties: true },
      check: isPlainObject,
    },
    { description: 'Of the shape that GET /api/v1/constraint-kinds publishes for the kind.' },
  )
  spec!: Readonly<Record<string, Json>>;

  @ScopeField()
  scope?: ScopeFields;
}

export class ConstraintQuery extends PageQuery {
  @ChoiceField({ choices: KINDS, optional: true })
  kind?: string;
}
