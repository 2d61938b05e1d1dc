import { NameField, TextField } from '../http/field.js';

export class RollbackRequest {
  @NameField({ description: 'The product.' })
  service!: string;

  @TextField({
    maximum: 128,
    optional: true,
    description: 'What completed there before what runs, if absent.',
  })
  target_version?: string;

  @NameField({ optional: true, description: 'The highest tier where it runs, if absent.' })
  environment?: string;

  @TextField({ maximum: 500, optional: true })
  reason?: string;
}
