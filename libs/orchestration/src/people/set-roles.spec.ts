import { beforeEach, describe, expect, it } from '@jest/globals';
import { EngineWorld, must, PERSON } from '../testing/engine-world.js';
import type { Principal } from '../ports/principal.js';
import { type NewRoles, setRoles } from './set-roles.js';

const ADMIN: Principal = { ...PERSON, name: 'admin', requestId: 'request-1' };
const ANN: NewRoles = { name: 'ann', roles: ['developer'], grants: [], disabled: false };

let world: EngineWorld;
beforeEach(async () => {
  world = await EngineWorld.build();
});

const stored = (name: string) => world.context.store.transact((unit) => unit.people.get(name));
const auditOf = async (name: string) => {
  const subject = `person/${name}`;
  const page = await world.context.store.transact((unit) =>
    unit.audit.list({ subject }, { limit: 200 }),
  );
  return page.items.map(({ actor, action, detail, requestId }) => ({
    ...{ actor, action, detail, requestId },
  }));
};

describe('saying which roles a person has', () => {
  it('makes the person known, and says who did it', async () => {
    const given: NewRoles = {
      ...ANN,
      roles: ['developer', 'developer'],
      grants: [{ environment: 'dev', roles: ['sre', 'sre'] }],
    };
    const grants = [{ environment: 'dev', roles: ['sre'] }];
    const person = must(await setRoles(world.context, ADMIN, given));
    expect(person).toEqual({
      name: 'ann',
      roles: ['developer'],
      grants,
      disabled: false,
      createdBy: 'admin',
      createdAt: '2026-01-05T09:00:00.000Z',
      version: 1,
    });
    expect(await stored('ann')).toEqual(person);
    expect(await auditOf('ann')).toEqual([
      {
        actor: 'admin',
        action: 'person.roles',
        detail: { from: null, to: { roles: ['developer'], grants, disabled: false } },
        requestId: 'request-1',
      },
    ]);
  });

  it('takes away what is not named any more, and keeps who made the person', async () => {
    must(await setRoles(world.context, ADMIN, { ...ANN, roles: ['sre', 'developer'] }));
    const other: Principal = { ...ADMIN, name: 'boss' };
    const changed = must(await setRoles(world.context, other, { ...ANN, disabled: true }));
    expect(changed).toMatchObject({
      ...{ roles: ['developer'], disabled: true, createdBy: 'admin', version: 2 },
    });
    expect((await auditOf('ann'))[1]).toMatchObject({
      actor: 'boss',
      detail: {
        from: { roles: ['sre', 'developer'], disabled: false },
        to: { roles: ['developer'], disabled: true },
      },
    });
  });

  it.each([
    { name: 'nobody knew the person', before: 0, expectedVersion: 1, there: 0 },
    { name: 'somebody was faster', before: 2, expectedVersion: 1, there: 2 },
  ])('is refused where $name', async ({ before, expectedVersion, there }) => {
    for (let times = 0; times < before; times += 1) {
      must(await setRoles(world.context, ADMIN, ANN));
    }
    const late = await setRoles(world.context, ADMIN, { ...ANN, roles: [], expectedVersion });
    expect(late).toMatchObject({
      ok: false,
      error: { code: 'catalog/version_conflict', data: { version: there } },
    });
    expect(await auditOf('ann')).toHaveLength(before);
  });

  it.each<{ name: string; change: Partial<NewRoles>; code: string; field: string }>([
    { name: 'themselves', change: { name: 'admin' }, code: 'people/own_roles', field: 'name' },
    { name: 'nobody', change: { name: '' }, code: 'catalog/invalid_field', field: 'name' },
    {
      name: 'a name with a blank',
      change: { name: 'ann lee' },
      code: 'catalog/invalid_field',
      field: 'name',
    },
    {
      name: 'who acts on this machine without a name',
      change: { name: 'dev-operator' },
      code: 'catalog/invalid_field',
      field: 'name',
    },
    {
      name: 'the engine',
      change: { name: 'engine' },
      code: 'catalog/invalid_field',
      field: 'name',
    },
    {
      name: 'an environment that is not there',
      change: {
        grants: [
          { environment: 'dev', roles: [] },
          { environment: 'nowhere', roles: ['sre'] },
        ],
      },
      code: 'catalog/environment_not_found',
      field: 'grants[1].environment',
    },
    {
      name: 'an environment twice',
      change: {
        grants: [
          { environment: 'dev', roles: [] },
          { environment: 'dev', roles: ['sre'] },
        ],
      },
      code: 'catalog/invalid_field',
      field: 'grants[1].environment',
    },
    {
      name: 'more grants than there are environments',
      change: { grants: Array.from({ length: 101 }, () => ({ environment: 'dev', roles: [] })) },
      code: 'catalog/invalid_field',
      field: 'grants',
    },
  ])('of $name is refused, and stores nothing', async ({ change, code, field }) => {
    const given = { ...ANN, ...change };
    expect(await setRoles(world.context, ADMIN, given)).toMatchObject({
      ok: false,
      error: { code, field },
    });
    expect(await stored(given.name)).toBeUndefined();
    expect(await auditOf(given.name)).toEqual([]);
  });
});
