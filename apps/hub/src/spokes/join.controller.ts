import { type Context, joinSpoke } from '@apollo-deploy/orchestration';
import { JOIN_PATH, type JoinAnswer, JoinRequest, provesKey } from '@apollo-deploy/protocol';
import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Value } from 'typebox/value';
import { Access } from '../http/access.js';
import { Field } from '../http/field.js';
import type { HubRequest } from '../http/hub-request.js';
import { accepted, Refused } from '../http/refused.js';
import { Door } from '../limits/door.js';
import { CONTEXT } from '../platform/tokens.js';

type Member = keyof typeof JoinRequest.properties;

/** A member of a request to join, by the schema of the protocol. */
function JoinField(member: Member, what: string): PropertyDecorator {
  const schema = JoinRequest.properties[member];
  return Field({
    accepted: what,
    schema: { type: String },
    secret: true,
    check: (value) => Value.Check(schema, value),
  });
}

class JoinBody implements JoinRequest {
  @JoinField('token', 'the join token')
  token!: string;

  @JoinField('publicKey', 'an Ed25519 public key, 32 bytes in base64url')
  publicKey!: string;

  @JoinField('clusterUid', 'the UID of the kube-system namespace')
  clusterUid!: string;

  @JoinField('signature', 'an Ed25519 signature, 64 bytes in base64url')
  signature!: string;
}

/**
 * A spoke joins with its one-use token and a key of its own. Part of the spoke protocol. Anyone may ask:
 * the token is what lets in, and the signature proves that the key is the sender's.
 */
@ApiExcludeController()
@Controller()
@Door(true)
export class JoinController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Post(JOIN_PATH)
  @HttpCode(200)
  @Access('anyone')
  async join(@Body() body: JoinBody, @Req() { requestId }: HubRequest): Promise<JoinAnswer> {
    if (!provesKey(body)) {
      throw new Refused('spoke/join_refused', {
        detail: 'the signature is not by the key that the request names; send the request again',
        field: 'signature',
      });
    }
    const { token, publicKey, clusterUid } = body;
    const joined = accepted(
      await joinSpoke(this.context, { token, publicKey, clusterUid, requestId }),
    );
    const { keySet, ...member } = joined;
    return keySet === undefined
      ? member
      : { ...member, keySet: { ...keySet, keys: [...keySet.keys] } };
  }
}
