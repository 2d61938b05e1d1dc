import { randomBytes } from 'node:crypto';
import { type Context, issueJoinToken, type Principal } from '@apollo-deploy/orchestration';
import { joinTokenText } from '@apollo-deploy/protocol';
import { Body, Controller, Inject, Post } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { Caller } from '../http/caller.js';
import { IntegerField, TextField } from '../http/field.js';
import { SecretAnswer } from '../http/idempotency-key.js';
import { PostOperation } from '../http/operation.js';
import { accepted } from '../http/refused.js';
import { CONTEXT } from '../platform/tokens.js';
import { may } from '../http/access.js';
import { environmentOfBody } from '../http/whereabouts.js';

const TOKEN_BYTES = 32;

class JoinTokenRequest {
  @TextField({ maximum: 256, description: 'The name of the spoke, new or known.' })
  spoke!: string;

  @TextField({ maximum: 256 })
  environment!: string;

  @TextField({
    maximum: 64,
    optional: true,
    description:
      'UID of the kube-system namespace of its cluster. Given: only that cluster may use the token, and is accepted at once. Absent: a person accepts the spoke.',
  })
  clusterUid?: string;

  @IntegerField({
    minimum: 1,
    maximum: 10_000,
    optional: true,
    description:
      'How many plans may execute on it at once. Absent = as it was; for a new spoke, 10.',
  })
  maxConcurrent?: number;
}

class JoinTokenView {
  @ApiProperty({ description: 'Shown once; the hub keeps only its SHA-256.' })
  token!: string;

  @ApiProperty({ format: 'date-time', description: 'Until when the spoke must have joined.' })
  expiresAt!: string;
}

@ApiTags('fleet')
@Controller('api/v1/join-tokens')
export class JoinTokensController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Post()
  @SecretAnswer(true)
  @PostOperation({
    summary: 'Make a token with which a spoke joins, once and within an hour',
    description: 'Tokens that were made for it before, and that nobody has used, are then over.',
    access: may('fleet', environmentOfBody),
    answer: JoinTokenView,
    status: 201,
  })
  async issue(@Caller() caller: Principal, @Body() body: JoinTokenRequest): Promise<JoinTokenView> {
    const secret = randomBytes(TOKEN_BYTES).toString('base64url');
    const token = joinTokenText(body.spoke, secret);
    const issued = await issueJoinToken(this.context, caller, { ...body, token });
    return { token, expiresAt: accepted(issued).expiresAt };
  }
}
