import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { APPROVED, ME, PLAN } from './testing/canned.js';
import { aProblem, type CannedAnswer, run } from './testing/cli-run.js';

const failed = (code: string) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code }) });
const PEOPLE = 'GET /api/v1/people';

/** The same body with another value in one of its places. */
function withOther(body: unknown, at: number, value: unknown): unknown {
  const places: [object, string][] = [];
  const copy: unknown = JSON.parse(
    JSON.stringify(body),
    function (this: object, key, part: unknown) {
      places.push([this, key]);
      return part;
    },
  );
  const [holder, key] = places[at % places.length] ?? [{}, ''];
  if (key === '') return value;
  Object.assign(holder, { [key]: value });
  return copy;
}

describe('apolloctl', () => {
  it.each([
    { name: 'nothing', line: '', says: 'Usage: apolloctl' },
    { name: 'a command that there is not', line: 'plams', says: 'Did you mean' },
    { name: 'one below a command', line: 'people rolse ann sre', says: 'people has list, roles' },
    { name: 'an unknown option', line: 'plans --fast', says: "unknown option '--fast'" },
    { name: 'too much', line: 'plan a b', says: 'too many arguments' },
    { name: 'too little', line: 'plan', says: "missing required argument 'id'" },
    { name: 'no reason', line: 'reject plan-1', says: "'--reason <text>' not specified" },
    { name: 'another form', line: 'plans -o yaml', says: 'Allowed choices are table, json' },
    { name: 'no number', line: 'approval-rules set a --roles sre --level one', says: 'a number' },
    { name: 'a token as an option', line: 'plans --token x', says: "unknown option '--token'" },
    { name: 'no address', line: 'plans --hub hub', says: 'http(s)://HOST[:PORT]' },
    { name: 'another protocol', line: 'plans --hub ftp://hub', says: 'http(s)://HOST[:PORT]' },
    { name: 'a path', line: 'plans --hub http://hub/api', says: 'http(s)://HOST[:PORT]' },
    { name: 'a password', line: 'plans --hub http://a:secret@hub', says: 'http(s)://HOST' },
    { name: 'no name', line: 'plan ..', says: '".." is no name of anything' },
    { name: 'no file', line: 'audit verify', says: "missing required argument 'file'" },
  ])('says what it needs where it is given $name', async ({ line, says }) => {
    const ran = await run(line === '' ? [] : line);
    expect(ran).toMatchObject({ code: 3, out: '', asked: [] });
    expect(ran.err).toContain(says);
    expect(ran.err).not.toContain('secret');
  });

  it('tells how it is used, and its version', async () => {
    expect(await run('--help')).toMatchObject({
      ...{ code: 0, err: '' },
      out: expect.stringContaining('Ends with 0 if it was done, 1 if it was refused or failed'),
    });
    expect(await run('approve --help')).toMatchObject({
      code: 0,
      out: expect.stringContaining('Usage: apolloctl approve [options] <id>'),
    });
    expect(await run('--version')).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\./) });
  });

  it.each([
    { line: 'promote', options: ['--from', '--to', '--reason'] },
    { line: 'rollback', options: ['--reason'] },
    { line: 'hotfix', options: ['--reason'] },
    { line: 'cancel', options: ['--reason'] },
    { line: 'reject', options: ['--reason'] },
    { line: 'break-glass open', options: ['--waives', '--reason', '--until'] },
    { line: 'approve', options: [] },
  ])('says without which options $line does not go', async ({ line, options }) => {
    const { out } = await run(`${line} --help`);
    const required = out
      .replace(/\n {10,}/g, ' ')
      .split('\n')
      .filter((told) => told.endsWith('(required)'));
    expect(required.map((told) => told.trim().split(' ')[0])).toEqual(options);
  });

  it('names what a break-glass may waive', async () => {
    const { out } = await run('break-glass open --help');
    expect(out.replace(/\s+/g, ' ')).toContain(
      'what gives way, by commas: approval, window, soak, promoted, health, dependency (required)',
    );
  });

  it.each([
    'plan deploy_1',
    'approve deploy_1 --yes',
    'reject deploy_1 --reason late',
    'resolve deploy_1 --outcome failed --reason seen',
  ])('says where the plans of a deployment are that is taken for one: %s', async (line) => {
    expect(await run(line)).toMatchObject({
      ...{ code: 3, out: '', asked: [] },
      err: 'apolloctl: deploy_1 is a deployment, and this command takes a plan; apolloctl deployment deploy_1 names its plans',
    });
  });

  it.each([
    { name: 'nobody listens', error: failed('ECONNREFUSED'), says: 'reached (ECONNREFUSED)' },
    { name: 'there is no such host', error: failed('ENOTFOUND'), says: 'reached (ENOTFOUND)' },
    {
      name: 'it does not answer in time',
      error: Object.assign(new Error('aborted'), { name: 'TimeoutError' }),
      says: 'no answer within 30 s',
    },
  ])('names the hub that cannot be reached: $name', async ({ error, says }) => {
    const ran = await run('people --hub https://hub.test', { hub: { [PEOPLE]: error } });
    expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringContaining(says) });
    expect(ran.err).toContain('the hub at https://hub.test cannot be reached');
  });

  it.each([
    { code: 'ECONNREFUSED', says: 'is it running' },
    { code: 'ECONNRESET', says: 'may have done it all the same: look before you try again' },
  ])('knows whether it may have been done all the same: $code', async ({ code, says }) => {
    const path = 'POST /api/v1/plans/plan-1/execute';
    const ran = await run('execute plan-1', { hub: { [path]: failed(code) } });
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining(says) });
  });

  it.each<{ name: string; answer: CannedAnswer; says: string }>([
    { name: 'a page', answer: { body: '<html>' }, says: 'its answer is no JSON' },
    { name: 'nothing', answer: { body: '' }, says: 'its answer must be object' },
    { name: 'null', answer: { body: null }, says: 'its answer must be object' },
    { name: 'something else', answer: { body: {} }, says: 'properties items' },
    { name: 'no list', answer: { body: { items: 3 } }, says: 'at /items must be array' },
    {
      name: 'another shape within',
      answer: { body: { items: [{ name: 'ann' }] } },
      says: 'its answer at /items/0 must have',
    },
    {
      name: 'the way elsewhere',
      answer: { status: 302, body: '', headers: { location: 'https://elsewhere.test' } },
      says: 'it answered 302',
    },
    { name: 'a refusal without words', answer: { status: 403, body: '' }, says: 'it answered 403' },
    { name: 'a failure of a proxy', answer: { status: 502, body: '<h1>' }, says: 'answered 502' },
  ])('says that no hub answers if it answers $name', async ({ answer, says }) => {
    const ran = await run('people', { hub: { [PEOPLE]: answer } });
    expect(ran).toMatchObject({ code: 2, out: '', asked: [PEOPLE] });
    expect(ran.requests).toMatchObject([{ redirect: 'manual' }]);
    expect(ran.err).toContain('http://127.0.0.1:8234 does not answer as a hub does');
    expect(ran.err).toContain(says);
  });

  it.each([
    { status: 400, code: 1 },
    { status: 409, code: 1 },
    { status: 429, code: 1 },
    { status: 500, code: 2 },
    { status: 503, code: 2 },
  ])('tells a refusal from a hub that cannot: $status', async ({ status, code }) => {
    const ran = await run('people', { hub: { [PEOPLE]: aProblem(status, 'some/code') } });
    expect(ran).toMatchObject({
      code,
      err: 'apolloctl: It said no: because\n  (some/code, request req-1)',
    });
  });

  it('names every field at fault', async () => {
    const errors = [
      { field: 'limit', detail: 'accepted is a number' },
      { field: 'after\u001b[0m', detail: 'accepted is text' },
    ];
    const problem = aProblem(400, 'http/invalid_request', { field: 'limit', errors });
    const ran = await run('people', { hub: { [PEOPLE]: problem } });
    expect(ran.err).toContain(
      '\n  limit: accepted is a number\n  after\\u{1b}[0m: accepted is text\n',
    );
  });

  it.each([
    {
      name: 'the hub knows who it is',
      status: 403,
      me: { body: ME },
      says: 'you act as ann (APOLLO_TOKEN)',
    },
    {
      name: 'the hub says no to that too',
      status: 403,
      me: aProblem(403, 'http/not_allowed'),
      says: 'you act as APOLLO_TOKEN',
    },
    {
      name: 'what one may not see is not there',
      status: 404,
      me: { body: ME },
      says: 'you act as ann (APOLLO_TOKEN)',
    },
    {
      name: 'the hub does not know the token',
      status: 401,
      me: aProblem(401, 'http/unauthenticated'),
      says: 'you act as nobody: APOLLO_TOKEN',
    },
  ])('says as whom somebody was refused: $name', async ({ status, me, says }) => {
    const hub = { [PEOPLE]: aProblem(status, 'http/x'), 'GET /api/v1/me': me };
    const ran = await run('people', { hub, env: { APOLLO_TOKEN: 'apollo_secret' } });
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining(`\n  ${says}\n`) });
    expect(ran.err).not.toContain('apollo_secret');
  });

  it('never fails over what a hub answers, whatever its shape', async () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(PLAN, APPROVED, ME, { items: [PLAN] }),
    );
    const broken = fc
      .tuple(anything, fc.option(fc.nat()), fc.jsonValue())
      .map(([body, at, value]) => (at === null ? body : withOther(body, at, value)));
    const line = fc.constantFrom('plans', 'plan plan-1', 'approve plan-1 -y', 'people', 'whoami');
    await fc.assert(
      fc.asyncProperty(line, broken, fc.constantFrom(200, 403), async (words, body, status) => {
        const always = new Proxy({}, { get: () => ({ status, body: JSON.stringify(body) }) });
        expect([0, 1, 2]).toContain((await run(words, { hub: always })).code);
      }),
    );
  });

  it('keeps what a terminal obeys out of JSON on a terminal, and leaves the bytes to a program', async () => {
    const body = '{"items":[],"note":"\u009b31m"}';
    const hub = { [PEOPLE]: { body } };
    expect((await run('people -o json', { hub })).out).toBe(body);
    const shown = await run('people -o json', { hub, terminal: { output: true } });
    expect(shown.out).toBe('{"items":[],"note":"\\u009b31m"}');
  });

  it('shows whom the hub takes one for', async () => {
    const inEnvironments = [{ environment: 'dev', permissions: ['view', 'deploy'] }];
    const hub = { 'GET /api/v1/me': { body: { ...ME, inEnvironments } } };
    const ran = await run('whoami', { hub });
    expect(ran.out.split('\n')).toEqual([
      'name     ann',
      'kind     person',
      'hub      http://127.0.0.1:8234',
      'by       no credentials',
      'may      view, approve',
      'in dev   view, deploy',
    ]);
  });
});
