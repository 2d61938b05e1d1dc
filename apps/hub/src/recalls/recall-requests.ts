import { RECALL_STRATEGIES, type RecallStrategy } from '@apollo-deploy/domain';
import { ChoiceField, TextField, NameField } from '../http/field.js';
import { PageQuery } from '../http/page-query.js';

/** Longer than any name, range or version that is accepted, so that the use case names their rules. */
const TEXT_LENGTH = 512;

export class RecallRequest {
  @TextField({ maximum: TEXT_LENGTH })
  product!: string;

  @TextField({
    maximum: TEXT_LENGTH,
    description: 'Such as ">=1.4.0 <1.4.3"; a prerelease is only covered where it names one.',
  })
  range!: string;

  @ChoiceField({
    choices: RECALL_STRATEGIES,
    description:
      'Where what runs a recalled release goes: `forward` to something newer only, `downgrade` to the newest below it.',
  })
  strategy!: RecallStrategy;

  @TextField({
    maximum: TEXT_LENGTH,
    optional: true,
    description: 'The oldest version that a downgrade may go to. Absent = any.',
  })
  minimum?: string;

  @TextField({ maximum: 500, description: 'Whoever is stopped or moved by it reads this.' })
  reason!: string;
}

export class RecallQuery extends PageQuery {
  @NameField({ optional: true })
  product?: string;
}
