import { type Authority, mayDo, rolesWith } from '@apollo-deploy/domain';
import { addKeySet, type Context, type Page, type Principal } from '@apollo-deploy/orchestration';
import {
  isKeySetSignedBy,
  MOST_VERSIONS_AHEAD,
  openOwnKeySet,
  signersOf,
} from '@apollo-deploy/protocol';
import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { may } from '../http/access.js';
import { Caller, May } from '../http/caller.js';
import { Operation, PostOperation } from '../http/operation.js';
import { mapPage, PageQuery, pageOf } from '../http/page-query.js';
import { accepted, Refused } from '../http/refused.js';
import { EVERYWHERE } from '../http/whereabouts.js';
import { CONTEXT } from '../platform/tokens.js';
import { tooFewKeys } from '../signing/too-few-keys.js';
import { KeySetQuery, KeySetRequest } from './key-set-requests.js';
import { AddedKeySetView, KeySetView, keySetView } from './key-set-view.js';

/** The keys that sign plans. Whoever posts the next ones proves by signatures that they may. */
@ApiTags('key-sets')
@Controller('api/v1/key-sets')
export class KeySetsController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Get()
  @Operation({
    summary: 'List the key sets, the newest last',
    access: may('view', EVERYWHERE),
    answer: KeySetView,
    page: true,
  })
  async list(@Query() query: PageQuery): Promise<Page<KeySetView>> {
    const page = await this.context.store.transact((unit) => unit.keySets.list(pageOf(query)));
    return mapPage(page, keySetView);
  }

  @Post()
  @PostOperation({
    summary: 'Add the key set that follows on the newest one, and send it to every spoke',
    description:
      'In its envelope, signed by enough keys of the newest key set and of its own (apolloctl keys sign); its version is at most 1000 ahead. To say that the keys of before are lost takes the permission people as well, as nothing else vouches for what comes.',
    access: may('fleet', EVERYWHERE),
    answer: AddedKeySetView,
    status: 201,
  })
  async add(
    @Caller() caller: Principal,
    @May() authority: Authority,
    @Body() { payloadType, payload, signatures }: KeySetRequest,
    @Query() { lost }: KeySetQuery,
  ): Promise<AddedKeySetView> {
    if (lost === 'true') refuseToStandIn(authority);
    const envelope = { payloadType, payload, signatures };
    const opened = openOwnKeySet(envelope);
    if (!opened.ok) {
      const detail = `${opened.error.message}; sign it with apolloctl keys sign`;
      throw new Refused('keys/not_acceptable', { detail, field: 'payload' });
    }
    const adding = await addKeySet(this.context, caller, {
      ...{ set: opened.value, lost: lost === 'true' },
      mostAhead: MOST_VERSIONS_AHEAD,
      envelope,
      isSignedBy: ({ threshold, keys }) =>
        isKeySetSignedBy(envelope, signersOf({ threshold, keys: [...keys] })),
    });
    const added = accepted(adding);
    return { ...keySetView(added), warning: tooFewKeys(this.context.signer, added) };
  }
}

/** Where no key of before vouches for the next ones, somebody does who says whose word counts here. */
function refuseToStandIn(authority: Authority): void {
  if (mayDo(authority, 'people', 'everywhere')) return;
  const roles = rolesWith('people');
  throw new Refused('http/not_allowed', {
    detail: `lost=true takes the permission people in every environment, which comes with ${roles.join(', ')}; have the key set signed by the keys of before (apolloctl keys cosign), or ask somebody who has it`,
    field: 'lost',
    data: { permission: 'people', roles },
  });
}
