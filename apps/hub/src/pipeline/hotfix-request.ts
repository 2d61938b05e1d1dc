import { Field, NameField, TextField } from '../http/field.js';

export class HotfixRequest {
  @NameField({ description: 'The product.' })
  service!: string;

  @Field(
    {
      accepted: 'text of at most 2000 characters',
      schema: { type: String, minLength: 10, maxLength: 500 },
      check: (value) => typeof value === 'string' && value.length <= 2000,
    },
    {
      optional: true,
      description:
        'At least 10 characters, white space around them not counted: it is audited, and somebody else reviews it.',
    },
  )
  reason?: string;

  @TextField({
    maximum: 128,
    optional: true,
    description:
      'If absent: the newest that completed below production, was taken back neither there nor where it goes, and is newer than what runs.',
  })
  version?: string;

  @NameField({ optional: true, description: 'One of the production tier; `prod` if absent.' })
  environment?: string;
}
