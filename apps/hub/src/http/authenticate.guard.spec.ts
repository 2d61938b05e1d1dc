import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { tokenText } from '@apollo-deploy/domain';
import {
  CountingIds,
  createEnvironment,
  ENGINE,
  InMemoryStore,
  issueToken,
  setRoles,
  VirtualClock,
} from '@apollo-deploy/orchestration';
import { must } from '@apollo-deploy/orchestration/testing';
import { TestCredential } from '../testing/spokes/test-credential.js';
import { Access, type AccessRule, may } from './access.js';
import { AuthenticateGuard } from './authenticate.guard.js';
import type { HubRequest } from './hub-request.js';
import { IdentifyPerson } from './identify-person.js';
import { EVERYWHERE } from './whereabouts.js';

const VIEW = may('view', EVERYWHERE);
const TOKEN = tokenText('d4'.repeat(32));

function aContext() {
  return {
    store: new InMemoryStore(),
    clock: new VirtualClock(new Date('2026-03-01T12:00:00Z')),
    ids: new CountingIds(),
    startedAt: new Date(0),
  };
}

let context = aContext();
let used: string[] = [];
beforeEach(() => {
  context = aContext();
  used = [];
});

async function requestFrom(
  rule: AccessRule | undefined,
  authorization?: string,
  login: 'local' | 'required' = 'local',
): Promise<Pick<HubRequest, 'principal' | 'authority'>> {
  const handler = (): void => undefined;
  if (rule !== undefined) Access(rule)(handler);
  const request = { headers: { authorization }, requestId: 'r-1' } as unknown as HubRequest;
  const execution = {
    getHandler: () => handler,
    getClass: () => class {},
    switchToHttp: () => ({ getRequest: () => request }),
  } as unknown as ExecutionContext;
  const people = new IdentifyPerson(context, login, { note: (id) => void used.push(id) });
  const unlimited = { atDoor: () => undefined, admit: () => undefined };
  const guard = new AuthenticateGuard(new Reflector(), context, people, unlimited);
  await guard.canActivate(execution);
  return request;
}

/** Somebody who may look at everything, with a token. */
async function ann(machine = false): Promise<string> {
  const held = { roles: ['sre'], grants: [], disabled: false } as const;
  must(await setRoles(context, ENGINE, { ...held, name: 'ann', machine }));
  const { id } = must(
    await issueToken(context, ENGINE, {
      ...{ owner: 'ann', name: 'laptop', scope: { permissions: ['view', 'approve'] } },
      ...{ expiresAt: new Date('2026-03-02T12:00:00Z'), token: TOKEN },
      peopleLogIn: false,
    }),
  );
  return id;
}

describe('who a request is from', () => {
  it('is nobody where anyone may ask', async () => {
    expect(await requestFrom('anyone', 'Bearer x')).not.toHaveProperty('principal');
  });

  it.each([
    { name: 'who may do nothing', roles: [] },
    { name: 'who may look', roles: ['viewer'] },
  ] as const)('is somebody $name where all may ask whom the hub knows', async ({ roles }) => {
    await ann();
    must(await setRoles(context, ENGINE, { name: 'ann', roles, grants: [], disabled: false }));
    const { principal } = await requestFrom('known', `Bearer ${TOKEN}`, 'required');
    expect(principal).toMatchObject({ kind: 'person', name: 'ann' });
    const strangers = [
      requestFrom('known', 'Bearer x'),
      requestFrom('known', undefined, 'required'),
    ];
    for (const stranger of strangers) {
      await expect(stranger).rejects.toMatchObject({ code: 'http/unauthenticated' });
    }
  });

  it('is the local person where nobody has to log in, who may all but agree', async () => {
    const { principal, authority } = await requestFrom(VIEW);
    expect(principal).toEqual({
      ...{ kind: 'person', name: 'dev-operator', roles: [], requestId: 'r-1' },
    });
    expect(authority?.everywhere).toContain('deploy');
    expect(authority?.everywhere).not.toContain('approve');
  });

  it('is nobody without credentials where one has to log in', async () => {
    await expect(requestFrom(VIEW, undefined, 'required')).rejects.toMatchObject({
      code: 'http/unauthenticated',
    });
  });

  it.each([
    { name: 'a person', machine: false, kind: 'person', may: ['view', 'approve'] },
    { name: 'a machine', machine: true, kind: 'machine', may: ['view'] },
  ])('is the owner of the token, $name', async ({ machine, kind, may: expected }) => {
    const token = await ann(machine);
    const { principal, authority } = await requestFrom(VIEW, `bearer ${TOKEN}`, 'required');
    expect(principal).toEqual({
      ...{ kind, name: 'ann', roles: ['sre'] },
      token,
      requestId: 'r-1',
    });
    expect(authority?.everywhere).toEqual(expected);
    expect(used).toEqual([token]);
  });

  it.each([
    { name: 'nothing', given: '' },
    { name: 'no scheme', given: TOKEN },
    { name: 'another scheme', given: `Basic ${TOKEN}` },
    { name: 'a token of nobody', given: `Bearer ${tokenText('e5'.repeat(32))}` },
    { name: 'two tokens', given: `Bearer ${TOKEN} ${TOKEN}` },
    { name: 'two tokens in one header', given: `Bearer ${TOKEN}, Bearer ${TOKEN}` },
    { name: 'half a token', given: `Bearer ${TOKEN.slice(0, 40)}` },
    { name: 'a token with a blank line', given: `Bearer ${TOKEN}\n` },
    { name: 'something long', given: `Bearer ${'x'.repeat(10_000)}` },
    { name: 'an unsigned JWT', given: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.' },
  ])('is nobody with $name, and the answer is the same', async ({ given }) => {
    await ann();
    await expect(requestFrom(VIEW, given)).rejects.toMatchObject({
      code: 'http/unauthenticated',
      message:
        'the credentials are not accepted here, or no longer; get new ones; accepted is the header Authorization: Bearer with a token of POST /api/v1/tokens, or a JWT of an issuer that this hub trusts',
    });
    expect(used).toEqual([]);
  });

  it('is the spoke that has signed the token, once', async () => {
    must(await createEnvironment(context, ENGINE, { name: 'dev', tier: 'development' }));
    const credential = await TestCredential.joined(context, 'dev-1');
    const shown = `Bearer ${credential.token(context.clock.now())}`;
    const { principal } = await requestFrom('spokes', shown);
    expect(principal).toEqual({ kind: 'spoke', name: 'dev-1', roles: [], requestId: 'r-1' });
    await expect(requestFrom('spokes', shown)).rejects.toMatchObject({ code: 'spoke/token_used' });
  });

  it('is nobody where people are asked for and a spoke shows its token', async () => {
    must(await createEnvironment(context, ENGINE, { name: 'dev', tier: 'development' }));
    const credential = await TestCredential.joined(context, 'dev-1');
    const shown = `Bearer ${credential.token(context.clock.now())}`;
    await expect(requestFrom(VIEW, shown)).rejects.toMatchObject({ code: 'http/unauthenticated' });
  });

  it.each([
    undefined,
    'Bearer other',
    'Bearer ',
    'secret',
    'Basic secret',
    'Bearer a b',
    `Bearer ${TOKEN}`,
  ])('is no spoke with %p', async (given) => {
    await ann();
    await expect(requestFrom('spokes', given)).rejects.toMatchObject({
      code: 'spoke/unauthenticated',
    });
  });

  it('is refused where the route does not say who may ask', async () => {
    await expect(requestFrom(undefined)).rejects.toMatchObject({ code: 'http/forbidden' });
  });
});
