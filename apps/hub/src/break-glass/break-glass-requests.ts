import {
  REVIEW_VERDICTS,
  type ReviewVerdict,
  WAIVABLE,
  type Waivable,
} from '@apollo-deploy/domain';
import type { BreakGlassFilter } from '@apollo-deploy/orchestration';
import { ChoiceField, Field, InstantField, NameField, TextField } from '../http/field.js';
import { PageQuery } from '../http/page-query.js';

/** Longer than what is accepted, so that the use case says what is, and why. */
const TEXT_LENGTH = 2000;

export class BreakGlassRequest {
  @NameField({ description: 'The product whose plans are to go.' })
  service!: string;

  @NameField({})
  environment!: string;

  @Field(
    {
      accepted: `a list of any of ${WAIVABLE.join(', ')}, not empty`,
      schema: { type: 'array', items: { type: 'string', enum: [...WAIVABLE] }, minItems: 1 },
      check: (value) =>
        Array.isArray(value) &&
        value.length > 0 &&
        value.length <= WAIVABLE.length &&
        value.every((kind) => (WAIVABLE as readonly unknown[]).includes(kind)),
    },
    {
      description:
        'What does not hold plans any more. window: maintenance windows and ordinary suppressions; hard ones always hold.',
    },
  )
  waives!: readonly Waivable[];

  @TextField({
    maximum: TEXT_LENGTH,
    description: 'At least 10 characters: whoever reviews it has to understand why.',
  })
  reason!: string;

  @InstantField({ description: 'When it ends by itself: at most 24 hours from now.' })
  until!: string;
}

export class BreakGlassReviewRequest {
  @ChoiceField({
    choices: REVIEW_VERDICTS,
    description: 'Either settles what is owed; an objection says in its comment what is wrong.',
  })
  verdict!: ReviewVerdict;

  @TextField({ maximum: TEXT_LENGTH, optional: true })
  comment?: string;
}

export class BreakGlassQuery extends PageQuery {
  @NameField({ optional: true })
  service?: string;

  @NameField({ optional: true })
  environment?: string;

  @ChoiceField({
    choices: ['true', 'false'],
    optional: true,
    description: 'true: those that owe a review. false: those that do not.',
  })
  open?: string;
}

/** Those of a list that its reader sees; `seen` absent = all. */
export function breakGlassFilter(
  { service, environment, open }: BreakGlassQuery,
  seen: readonly string[] | undefined,
): BreakGlassFilter {
  return {
    ...(service !== undefined && { product: service }),
    ...(environment !== undefined && { environment }),
    ...(open !== undefined && { open: open === 'true' }),
    ...(seen !== undefined && { environments: seen }),
  };
}
