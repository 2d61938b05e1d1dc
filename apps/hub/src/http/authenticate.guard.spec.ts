import { Access, type AccessRule } from './access.js';
import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import {
  InMemoryStore,
  VirtualClock,
  CountingIds,
  createEnvironment,
  ENGINE,
  issueSpokeToken,
} from '@apollo-deploy/orchestration';
import { AuthenticateGuard } from './authenticate.guard.js';
import type { HubRequest } from './hub-request.js';

const context = {
  store: new InMemoryStore(),
  clock: new VirtualClock(new Date('2026-03-01T12:00:00Z')),
  ids: new CountingIds(),
  startedAt: new Date(0),
};

async function principalOf(rule: AccessRule | undefined, authorization?: string): Promise<unknown> {
  const handler = (): void => undefined;
  if (rule !== undefined) Access(rule)(handler);
  const request = { headers: { authorization }, requestId: 'r-1' } as unknown as HubRequest;
  const execution = {
    getHandler: () => handler,
    getClass: () => class {},
    switchToHttp: () => ({ getRequest: () => request }),
  } as unknown as ExecutionContext;
  await new AuthenticateGuard(new Reflector(), context).canActivate(execution);
  return request.principal;
}

describe('who a request is from', () => {
  it('is nobody where anyone may ask', async () => {
    expect(await principalOf('anyone', 'Bearer x')).toBeUndefined();
  });

  it('is the local person where nobody has to log in', async () => {
    expect(await principalOf('people')).toEqual({
      kind: 'person',
      name: 'dev-operator',
      roles: ['operator'],
      requestId: 'r-1',
    });
  });

  it.each(['Bearer x', 'Basic YTpi', 'x', ''])('is nobody with credentials %p', async (given) => {
    await expect(principalOf('people', given)).rejects.toMatchObject({
      code: 'http/unauthenticated',
    });
  });

  it('is the spoke that holds the token', async () => {
    await createEnvironment(context, ENGINE, { name: 'dev', tier: 'development' });
    await issueSpokeToken(context, ENGINE, { spoke: 'dev-1', environment: 'dev', token: 'secret' });

    expect(await principalOf('spokes', 'Bearer secret')).toEqual({
      kind: 'spoke',
      name: 'dev-1',
      roles: [],
      requestId: 'r-1',
    });
  });

  it.each([undefined, 'Bearer other', 'Bearer ', 'secret', 'Basic secret', 'Bearer a b'])(
    'is no spoke with %p',
    async (given) => {
      await expect(principalOf('spokes', given)).rejects.toMatchObject({
        code: 'spoke/unauthenticated',
      });
    },
  );

  it('is refused where the route does not say who may ask', async () => {
    await expect(principalOf(undefined)).rejects.toMatchObject({ code: 'http/forbidden' });
  });
});
