import { NameField, TextField } from '../http/field.js';

export class PromoteRequest {
  @NameField({ description: 'The product.' })
  service!: string;

  @NameField({ optional: true, description: 'Where it runs, proven and healthy; `dev` if absent.' })
  from_env?: string;

  @NameField({ optional: true, description: 'Where it is to run; `prod` if absent.' })
  to_env?: string;

  @TextField({ maximum: 500, optional: true })
  reason?: string;
}
