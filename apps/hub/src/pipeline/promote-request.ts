import { ChoiceField, NameField, TextField } from '../http/field.js';

const PROMOTION_STRATEGIES = ['rolling', 'blue_green', 'canary'] as const;

export class PromoteRequest {
  @NameField({ description: 'The product.' })
  service!: string;

  @NameField({ optional: true, description: 'Where it runs, proven and healthy; `dev` if absent.' })
  from_env?: string;

  @NameField({ optional: true, description: 'Where it is to run; `prod` if absent.' })
  to_env?: string;

  @ChoiceField({
    choices: PROMOTION_STRATEGIES,
    optional: true,
    description: 'As of a deployment; `rolling` if absent.',
  })
  strategy?: (typeof PROMOTION_STRATEGIES)[number];

  @TextField({ maximum: 500, optional: true })
  reason?: string;
}
