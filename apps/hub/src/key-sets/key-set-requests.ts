import { DsseEnvelope } from '@apollo-deploy/protocol';
import { Value } from 'typebox/value';
import { ChoiceField, Field } from '../http/field.js';

const { payloadType, payload, signatures } = DsseEnvelope.properties;

/** A key set in its envelope, as `apolloctl keys sign` writes it. */
export class KeySetRequest implements DsseEnvelope {
  @Field({
    accepted: 'the type of what is signed, as apolloctl keys sign writes it',
    schema: { type: String, maxLength: 128 },
    check: (value) => Value.Check(payloadType, value),
  })
  payloadType!: string;

  @Field({
    accepted: 'the key set in base64, as apolloctl keys sign writes it',
    schema: { type: String },
    check: (value) => Value.Check(payload, value),
  })
  payload!: string;

  @Field({
    accepted: 'a list of {"keyid", "sig"}, 8 at most, as apolloctl keys sign writes it',
    schema: { type: 'array', items: { type: 'object' }, maxItems: 8 },
    check: (value) => Value.Check(signatures, value),
  })
  signatures!: DsseEnvelope['signatures'];
}

export class KeySetQuery {
  @ChoiceField({
    choices: ['true', 'false'],
    optional: true,
    description:
      'true: the keys of before are lost, and have not signed. Spokes that go by those do not go on to this key set; give each the new public keys.',
  })
  lost?: string;
}
