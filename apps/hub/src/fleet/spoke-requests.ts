import { TextField } from '../http/field.js';

export class AcceptRequest {
  @TextField({
    maximum: 64,
    optional: true,
    description: 'The public key that you have looked at; refused if it is another one by now.',
  })
  publicKey?: string;
}

export class RevokeRequest {
  @TextField({ maximum: 2048, description: 'Why the spoke is not to be trusted any more.' })
  reason!: string;
}
