import { describe, expect, it } from '@jest/globals';
import { aProblem, run } from '../testing/cli-run.js';

const ANN = {
  ...{ name: 'ann', roles: ['sre'], grants: [{ environment: 'dev', roles: ['developer'] }] },
  ...{ disabled: false, machine: false, version: 7 },
};
const BOT = { ...ANN, name: 'bot', grants: [], machine: true, disabled: true };
const put = (name: string) => `PUT /api/v1/people/${name}/roles`;
const get = (name: string) => `GET /api/v1/people/${name}`;

describe('apolloctl people', () => {
  it('lists people and machines', async () => {
    const hub = { 'GET /api/v1/people?limit=2': { body: { items: [ANN, BOT] } } };
    expect((await run('people --limit 2', { hub })).out.split('\n')).toEqual([
      'NAME   KIND      ROLES                STATE',
      'ann    person    sre, developer@dev   active',
      'bot    machine   sre                  disabled',
    ]);
  });

  it.each([
    {
      name: 'all roles, as they were seen',
      line: 'people roles ann viewer sre@prod',
      person: ANN,
      body: {
        ...{ roles: ['viewer'], grants: [{ environment: 'prod', roles: ['sre'] }] },
        ...{ disabled: false, machine: false },
      },
    },
    {
      name: 'a machine stays one, and nobody is let in again by the way',
      line: 'people roles bot viewer',
      person: BOT,
      body: { roles: ['viewer'], grants: [], disabled: true, machine: true },
    },
    {
      name: 'somebody is shut out and keeps their roles',
      line: 'people roles ann --disable',
      person: ANN,
      body: { roles: ANN.roles, grants: ANN.grants, disabled: true, machine: false },
    },
    {
      name: 'somebody is let in again',
      line: 'people roles bot --enable',
      person: BOT,
      body: { roles: ['sre'], grants: [], disabled: false, machine: true },
    },
    {
      name: 'none',
      line: 'people roles ann --none',
      person: ANN,
      body: { roles: [], grants: [], disabled: false, machine: false },
    },
  ])('sets roles: $name', async ({ line, person, body }) => {
    const { name } = person;
    const hub = { [get(name)]: { body: person }, [put(name)]: { body: person } };
    const ran = await run(line, { hub });
    expect(ran).toMatchObject({ code: 0, asked: [get(name), put(name)] });
    expect(ran.requests[1]?.headers.get('if-match')).toBe('"7"');
    expect(ran.requests[1]?.body).toEqual(body);
  });

  it('makes somebody new only if there is none by then', async () => {
    const made = { ...BOT, disabled: false, version: 1 };
    const hub = { [get('bot')]: aProblem(404, 'people/not_found'), [put('bot')]: { body: made } };
    const ran = await run('people roles bot sre --machine', { hub });
    expect(ran.requests[1]?.headers.get('if-none-match')).toBe('*');
    expect(ran.requests[1]?.body).toMatchObject({ machine: true, disabled: false });
    expect(ran.out).toBe('bot: sre (new)');
  });

  it('asks for nothing where roles are not said', async () => {
    expect(await run('people roles ann')).toMatchObject({
      ...{ code: 3, asked: [] },
      err: expect.stringContaining('--none'),
    });
  });

  it('logs somebody out everywhere', async () => {
    const path = 'DELETE /api/v1/people/ann/sessions';
    const ran = await run('people log-out ann', { hub: { [path]: { status: 204 } } });
    expect(ran).toMatchObject({ code: 0, asked: [path], out: 'logged out everywhere: ann' });
  });
});
