import { Field, TextField } from '../http/field.js';

const DIGEST = /^[0-9a-f]{64}$/;
const REASON_LENGTH = 1_000;

export class ApproveRequest {
  @Field(
    {
      accepted: 'the digest of the plan as you saw it, 64 hexadecimal digits',
      schema: { type: String, pattern: DIGEST.source },
      check: (value) => typeof value === 'string' && DIGEST.test(value),
    },
    { description: 'Of what you saw. If something else would run now, nothing is recorded.' },
  )
  digest!: string;

  @TextField({ maximum: 500, optional: true, description: 'Kept with the approval.' })
  comment?: string;
}

export class RejectRequest {
  @TextField({ maximum: REASON_LENGTH, description: 'Kept with the plan and in the audit trail.' })
  reason!: string;
}

/** No fields: whatever the caller said yes to is taken back. */
export class WithdrawRequest {}
