import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Credentials } from '@apollo-deploy/orchestration';
import type { Request, Response } from 'express';
import { Refused } from '../http/refused.js';
import { RequestLimits, type RequestLimitsOptions } from './request-limits.js';

const LIMITS = { perPrincipal: 1, perAddress: 2, perDoor: 1 };
const ANN = { kind: 'person', name: 'ann' } as const;

let now: number;
let logged: object[];
let limits: RequestLimits;

function build(config: Partial<RequestLimitsOptions['config']> = {}): void {
  const log = { warn: (event: object) => void logged.push(event) };
  const options = { login: 'required', limits: LIMITS, ...config } as const;
  limits = new RequestLimits({ config: options, now: () => now, log });
}

beforeEach(() => {
  now = 5_000;
  logged = [];
  build();
});

/** One that shows this token to be let in by. */
function showing(token: string, address = '192.0.2.1'): Request {
  const headers = { authorization: `Bearer ${token}` };
  return { socket: { remoteAddress: address }, headers, path: '/x' } as Request;
}

function from(address: string, path = '/api/v1/plans', said?: string): Request {
  const headers = said === undefined ? {} : { 'x-forwarded-for': said };
  return { socket: { remoteAddress: address }, headers, path } as unknown as Request;
}

/** Whether it is taken; it is answered with this status. */
async function asks(request: Request, status = 200): Promise<boolean> {
  const response = Object.assign(new EventEmitter(), { statusCode: status });
  const refused = await new Promise((resolve) => {
    void limits.atTheGate(request, response as unknown as Response, resolve);
  });
  response.emit('close');
  return refused === undefined;
}

async function countOf(attempts: number, once: () => Promise<boolean> | boolean): Promise<number> {
  let count = 0;
  for (let each = 0; each < attempts; each += 1) if (await once()) count += 1;
  return count;
}

function knocks(status: number): boolean {
  const response = Object.assign(new EventEmitter(), { statusCode: status });
  try {
    limits.atDoor(from('192.0.2.1') as IncomingMessage, response as never);
  } catch (error) {
    expect(error).toBeInstanceOf(Refused);
    return false;
  }
  response.emit('close');
  return true;
}

function isAdmitted(request: Request, who: Parameters<RequestLimits['admit']>[1]): boolean {
  try {
    limits.admit(request, who);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'http/too_many_requests' });
    return false;
  }
}

describe('requests from one address', () => {
  it('are taken for ten seconds at once, those of others as well', async () => {
    expect(await countOf(50, () => asks(from('192.0.2.1')))).toBe(20);
    expect(await countOf(50, () => asks(from('192.0.2.2')))).toBe(20);
  });

  it('are those of its whole /64', async () => {
    await countOf(20, () => asks(from('2001:db8::1')));
    expect(await asks(from('2001:db8::2'))).toBe(false);
    expect(await asks(from('2001:db8:0:1::2'))).toBe(true);
  });

  it('count ten times where credentials are not accepted', async () => {
    expect(await countOf(50, () => asks(from('192.0.2.1'), 401))).toBe(2);
  });

  it.each(['/health', '/healthz', '/readyz'])('are always taken at %s', async (path) => {
    await countOf(50, () => asks(from('192.0.2.1')));
    expect(await countOf(50, () => asks(from('192.0.2.1', path)))).toBe(50);
  });

  it('count for nothing once it is known whom they are from', async () => {
    const request = from('192.0.2.1');
    const known = (name: string) => async () =>
      (await asks(request)) && isAdmitted(request, { kind: 'machine', name });
    for (const name of ['a', 'b', 'c', 'd', 'e']) expect(await countOf(10, known(name))).toBe(10);
  });

  it('are refused with what to do and when', async () => {
    await countOf(20, () => asks(from('192.0.2.1')));
    const refused = await new Promise((resolve) => {
      void limits.atTheGate(from('192.0.2.1'), new EventEmitter() as never, resolve);
    });
    expect(refused).toMatchObject({
      code: 'http/too_many_requests',
      details: { retryAfterSeconds: 1, detail: expect.stringContaining('Retry-After') },
    });
  });

  it('are not told apart by what they say of themselves', async () => {
    const claimed = (each: number): Request =>
      from('192.0.2.1', '/x', `198.51.100.${String(each)}`);
    let each = 0;
    expect(await countOf(50, () => asks(claimed((each += 1))))).toBe(20);
    expect(logged[0]).toMatchObject({ msg: expect.stringContaining('APOLLO_TRUSTED_PROXIES') });
  });

  it('are told apart by what a trusted proxy says', async () => {
    build({ trustedProxies: 1 });
    const through = (client: string): Request => from('10.0.0.1', '/x', `evil, ${client}`);
    expect(await countOf(50, () => asks(through('198.51.100.1')))).toBe(20);
    expect(await asks(through('198.51.100.2'))).toBe(true);
    expect(logged).toMatchObject([{ address: 1 }]);
  });
});

describe('requests from an address that somebody floods', () => {
  const ANN_BY_TOKEN = { ...ANN, credentials: { kind: 'token', id: 'token-1' } } as const;
  const isServed = async (by = 'good'): Promise<boolean> => {
    const request = showing(by);
    return (await asks(request)) && isAdmitted(request, ANN_BY_TOKEN);
  };

  it('without credentials are taken of who has some', async () => {
    await countOf(50, () => asks(from('192.0.2.1')));
    expect(await isServed()).toBe(true);
  });

  it('with wrong credentials are taken of whose were good of late, and of nobody new', async () => {
    expect(await isServed()).toBe(true);
    await countOf(50, () => asks(showing('wrong'), 401));
    expect([await isServed(), await isServed('new')]).toEqual([true, false]);
    now += 9 * 60_000;
    await countOf(50, () => asks(showing('wrong'), 401));
    expect(await isServed()).toBe(true);
    now += 10 * 60_000;
    await countOf(50, () => asks(showing('wrong'), 401));
    expect(await isServed()).toBe(false);
  });

  it('with credentials that are good no more count as wrong ones', async () => {
    expect(await isServed()).toBe(true);
    expect(await countOf(50, () => asks(showing('good'), 401))).toBe(3);
  });

  it('cost the address nothing that others have used up', async () => {
    await countOf(20, () => asks(from('192.0.2.1')));
    expect(await countOf(5, isServed)).toBe(5);
    expect(await asks(from('192.0.2.1'))).toBe(false);
  });
});

describe('requests by credentials that were good of late', () => {
  const TOKEN = { ...ANN, credentials: { kind: 'token', id: 'token-1' } } as const;
  const asksBy = (by: string) => asks(showing(by), 404);
  beforeEach(async () => {
    const first = showing('good');
    expect((await asks(first)) && isAdmitted(first, TOKEN)).toBe(true);
  });

  it('are limited where nobody asks whose they are', async () => {
    expect(await countOf(50, () => asksBy('good'))).toBe(9);
    now += 1_000;
    expect(await countOf(50, () => asksBy('good'))).toBe(1);
    expect(await countOf(50, () => asksBy('other'))).toBe(20);
  });

  it('are counted once where somebody does', async () => {
    const served = async () => {
      const request = showing('good');
      return (await asks(request)) && isAdmitted(request, TOKEN);
    };
    expect(await countOf(50, served)).toBe(9);
  });

  it('count for whom they turn out to be from now', async () => {
    const request = showing('good');
    expect(await asks(request)).toBe(true);
    const machine = { ...TOKEN, kind: 'machine' } as const;
    expect(isAdmitted(request, machine)).toBe(true);
    expect(await countOf(50, () => isAdmitted(from('192.0.2.1'), machine))).toBe(9);
  });

  it('are those of all the tokens of one person together', async () => {
    for (let each = 2; each <= 5; each += 1) {
      const request = showing(`good-${String(each)}`);
      const credentials = { kind: 'token', id: `token-${String(each)}` } as const;
      expect((await asks(request)) && isAdmitted(request, { ...ANN, credentials })).toBe(true);
      await countOf(9, () => asksBy(`good-${String(each)}`));
    }
    expect(await countOf(50, () => asksBy('good'))).toBe(9);
    const sixth = { ...ANN, credentials: { kind: 'token', id: 'token-6' } } as const;
    expect(isAdmitted(showing('good-6'), sixth)).toBe(false);
  });
});

it('what a spoke shows is good once: shown again it counts as anything that nobody knows', async () => {
  const request = showing('of-a-spoke');
  expect((await asks(request)) && isAdmitted(request, { kind: 'spoke', name: 'dev-1' })).toBe(true);
  await countOf(50, () => asks(showing('wrong'), 401));
  expect(await asks(showing('of-a-spoke'))).toBe(false);
});

describe('requests of one principal', () => {
  it('are limited wherever they come from, each principal by itself', async () => {
    const sent = await countOf(30, () => isAdmitted(from('192.0.2.1'), ANN));
    expect([sent, isAdmitted(from('192.0.2.9'), ANN)]).toEqual([10, false]);
    expect(isAdmitted(from('192.0.2.1'), { kind: 'machine', name: 'ann' })).toBe(true);
  });

  it('are limited by what they show: a stolen token does not keep its owner out', async () => {
    const by = (credentials: Credentials) => () =>
      isAdmitted(from('192.0.2.1'), { ...ANN, credentials });
    const stolen = by({ kind: 'token', id: 'stolen' });
    expect(await countOf(30, stolen)).toBe(10);
    const others: readonly Credentials[] = [
      { kind: 'token', id: 'other' },
      { kind: 'session', id: 'stolen' },
      { kind: 'issuer', roles: [], expiresAt: '2026-03-01T13:00:00Z' },
    ];
    for (const other of others) expect(by(other)()).toBe(true);
    expect(stolen()).toBe(false);
  });
});

describe('requests of one person by ever new credentials', () => {
  const byNew = (kind: 'token' | 'session') => {
    let each = 0;
    return () => {
      const credentials = { kind, id: String((each += 1)) };
      return isAdmitted(from('192.0.2.1'), { ...ANN, credentials });
    };
  };

  it.each(['token', 'session'] as const)('are five times as many as by one %s', async (kind) => {
    expect(await countOf(100, byNew(kind))).toBe(50);
  });

  it('are of one kind: tokens that a stolen one made keep nobody from logging in', async () => {
    await countOf(100, byNew('token'));
    expect(byNew('session')()).toBe(true);
    const issuer = { kind: 'issuer', roles: [], expiresAt: '2026-03-01T13:00:00Z' } as const;
    expect(isAdmitted(from('192.0.2.1'), { ...ANN, credentials: issuer })).toBe(true);
  });
});

describe('whoever was let in of late is known again', () => {
  const OF = { session: { ...ANN, credentials: { kind: 'session', id: '1' } } } as const;
  const sending = (headers: Readonly<Record<string, string>>): Request =>
    ({ socket: { remoteAddress: '192.0.2.1' }, headers, path: '/x' }) as unknown as Request;
  beforeEach(() => build({ oidc: { publicUrl: 'https://apollo.example' } }));

  it.each<{ name: string; first: Record<string, string>; again: Record<string, string> }>([
    {
      name: 'by the session, whatever other cookies there are',
      first: { cookie: '__Host-apollo-session=secret; theme=dark' },
      again: { cookie: 'junk=1; __Host-apollo-session=secret' },
    },
    {
      name: 'by the token, however its header is spelled',
      first: { authorization: 'Bearer secret' },
      again: { authorization: 'bearer secret', cookie: 'theme=dark' },
    },
  ])('$name', async ({ first, again }) => {
    const request = sending(first);
    expect((await asks(request)) && isAdmitted(request, OF.session)).toBe(true);
    await countOf(50, () => asks(showing('wrong'), 401));
    expect(await asks(sending(again))).toBe(true);
  });

  it.each<{ name: string; headers: Record<string, string> }>([
    { name: 'another session', headers: { cookie: '__Host-apollo-session=other' } },
    { name: 'a token of the same text', headers: { authorization: 'Bearer secret' } },
    {
      name: 'a wrong token beside the session',
      headers: { authorization: 'Bearer x', cookie: '__Host-apollo-session=secret' },
    },
  ])('but not by $name', async ({ headers }) => {
    const request = sending({ cookie: '__Host-apollo-session=secret' });
    expect((await asks(request)) && isAdmitted(request, OF.session)).toBe(true);
    await countOf(50, () => asks(showing('wrong'), 401));
    expect(await asks(sending(headers))).toBe(false);
  });

  it('and cookies that are no session show nothing', async () => {
    await countOf(50, () => asks(sending({ cookie: 'junk=1' })));
    expect([await asks(sending({})), await asks(showing('wrong'))]).toEqual([false, true]);
  });
});

describe('strangers at a door', () => {
  it('are let through less often', async () => {
    expect(await countOf(50, () => knocks(302))).toBe(10);
  });

  it('are let through hardly at all where they are refused', async () => {
    expect(await countOf(50, () => knocks(401))).toBe(1);
  });

  it('do not pay for what the hub cannot do now', async () => {
    expect(await countOf(50, () => knocks(503))).toBe(10);
  });
});

describe('connections of spokes', () => {
  const begun = (): boolean => limits.handshake(from('192.0.2.1')) === 0;

  it('are begun ten times without showing anything good', async () => {
    expect(await countOf(10_000, begun)).toBe(10);
    expect(limits.handshake(from('192.0.2.2'))).toBe(0);
  });

  it('cost nothing where what they show is good', async () => {
    const good = (): boolean => {
      const isBegun = begun();
      limits.handshakeWasGood(from('192.0.2.1'));
      return isBegun;
    };
    expect(await countOf(1_000, good)).toBe(1_000);
  });

  it('are not made by one spoke again and again', async () => {
    expect(await countOf(50, () => limits.reconnect('dev-1') === 0)).toBe(10);
    expect(limits.reconnect('dev-2')).toBe(0);
  });
});

describe('what was refused', () => {
  it('is counted, and logged once a minute', async () => {
    await countOf(23, () => asks(from('192.0.2.1')));
    now += 60_000;
    await countOf(22, () => asks(from('192.0.2.1')));
    expect(limits.refused).toBe(5);
    const msg = 'requests are refused by rate limits';
    expect(logged).toEqual([
      { msg, address: 1 },
      { msg, address: 3 },
    ]);
  });

  it('is nothing where nobody has to log in', async () => {
    build({ login: 'local' });
    expect(await countOf(1_000, () => asks(from('127.0.0.1'), 401))).toBe(1_000);
    expect(await countOf(1_000, () => isAdmitted(from('127.0.0.1'), ANN))).toBe(1_000);
    expect(limits.refused).toBe(0);
  });
});
