import { HOLD_ENDS, type HoldEnd } from '@apollo-deploy/domain';
import { ChoiceField, NAME_LENGTH, TextField } from '../http/field.js';

export class HoldRequest {
  @TextField({ maximum: NAME_LENGTH })
  entity!: string;

  @ChoiceField({
    choices: HOLD_ENDS,
    description:
      'newer: it ends when a version newer than the one wanted now, or other values, come. lifted: it ends when a person lifts it or names other content.',
  })
  until!: HoldEnd;

  @TextField({ maximum: 500, description: 'Whoever is stopped by it reads this.' })
  reason!: string;
}
