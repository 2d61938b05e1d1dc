import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UlidIds } from '../src/platform/ulid-ids.js';
import { anAccount } from '../src/testing/account.js';
import { TestHub } from '../src/testing/test-hub.js';
import { routesOf } from './support/routes-of.js';

/** What is the hub's own to say: whoever sends it hopes that it is taken over into what is stored. */
const SMUGGLED = {
  ...{ id: 'mine', status: 'succeeded', state: 'SUCCEEDED', version: 7, createdBy: 'root' },
  ...{ approvedBy: ['root'], approvals: [], satisfied: true, kind: 'person', isAdmin: true },
};

type Schema = Readonly<{ $ref?: string; properties?: Readonly<Record<string, object>> }>;
interface Operation {
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
}

describe('a field that no request has', () => {
  let hub: TestHub;
  let admin: Readonly<Record<string, string>>;
  let document: {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  };
  beforeAll(async () => {
    hub = await TestHub.start();
    const { store, clock } = hub;
    const context = { store, clock, ids: new UlidIds(), startedAt: clock.now() };
    admin = await anAccount(context, 'root', { roles: ['admin'] });
    document = (await hub.get('/api/openapi.json')).body as unknown as typeof document;
  });
  afterAll(() => hub.stop());

  /** The documented fields of a request by the type of its body; absent = it has none. */
  function fieldsOf(route: string): { type: string; fields: readonly string[] } | undefined {
    const [method = '', path = ''] = route.split(' ');
    const body = document.paths[path]?.[method]?.requestBody;
    const [type, media] = Object.entries(body?.content ?? {})[0] ?? [];
    if (type === undefined) return undefined;
    const name = media?.schema.$ref?.split('/').at(-1) ?? '';
    return { type, fields: Object.keys(document.components.schemas[name]?.properties ?? {}) };
  }

  function smuggledInto(fields: readonly string[]): Readonly<Record<string, unknown>> {
    return Object.fromEntries(Object.entries(SMUGGLED).filter(([name]) => !fields.includes(name)));
  }

  function bodyOf(type: string, fields: Readonly<Record<string, unknown>>): unknown {
    if (type === 'application/json') return fields;
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, JSON.stringify(value));
    return form;
  }

  it('is refused by name, by every route that takes a body', async () => {
    const routes = routesOf(hub.app).filter((route) => /^(post|put|patch) \/api\//.test(route));
    const answers = await Promise.all(
      routes.map(async (route) => {
        const { type, fields } = fieldsOf(route) ?? { type: 'application/json', fields: [] };
        const smuggled = smuggledInto(fields);
        const [method = '', path = ''] = route.split(' ');
        const { status, body } = await hub.send(
          method.toUpperCase(),
          path.replace(/\{\w+\}/g, 'x'),
          { headers: admin, body: bodyOf(type, smuggled) },
        );
        const errors = (body['errors'] ?? []) as readonly { readonly field: string }[];
        const refused = errors.map(({ field }) => field);
        const taken = Object.keys(smuggled).filter((name) => !refused.includes(name));
        return { route, status, taken };
      }),
    );

    expect(answers).toEqual(routes.map((route) => ({ route, status: 400, taken: [] })));
    expect(routes.length).toBeGreaterThan(30);
  });
});
