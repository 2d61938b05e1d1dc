import { readFile, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Role, ROLES } from '@apollo-deploy/domain';
import { aBreakGlass, aDeployment, aNotification } from '@apollo-deploy/domain/testing';
import { type Context, InMemoryStore, VirtualClock } from '@apollo-deploy/orchestration';
import {
  aConstraint,
  aHold,
  anEntity,
  anEnvironment,
  aPlan,
  aSpoke,
  must,
} from '@apollo-deploy/orchestration/testing';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Response } from 'express';
import { NEVER } from 'rxjs';
import { type HubConfig, readHubConfig } from '../src/config/hub-config.js';
import { createHub } from '../src/create-hub.js';
import { JsonLogger } from '../src/platform/json-logger.js';
import { UlidIds } from '../src/platform/ulid-ids.js';
import { anAccount } from '../src/testing/account.js';
import { routesOf } from './support/routes-of.js';

const FIXTURE = new URL('route-matrix.txt', import.meta.url);
const WRITES = process.env['APOLLO_WRITE_ROUTES'] === '1';
const HEAD = `Who may use which route of the hub, generated: APOLLO_WRITE_ROUTES=1 with route-matrix.int.spec.ts
writes it anew. Each request is about something in environment prod. Each role three times: held in every
environment, granted in prod, granted in dev only. "none" has an account and no role.
+ goes on to the handler   1 is 401   3 is 403   4 is 404, as if what it is about were not there
"-" as a permission: anybody at all, whoever has credentials, or spokes, by rules of their own.
`;
const MARKS: Readonly<Record<number, string>> = {
  200: '+',
  201: '+',
  204: '+',
  401: '1',
  403: '3',
};
const HOLDINGS = ['everywhere', 'there', 'elsewhere'] as const;
const BODY = {
  ...{ environment: 'prod', environments: ['prod'], target_env: 'prod' },
  scope: { environment: 'prod', environments: ['prod'] },
  ...{ entity: 'entity-prod', spoke: 'spoke-prod', planId: 'plan-prod' },
};

const context: Context = {
  store: new InMemoryStore(),
  clock: new VirtualClock(new Date('2026-03-01T12:00:00Z')),
  ids: new UlidIds(),
  startedAt: new Date('2026-03-01T12:00:00Z'),
};
/** The Authorization headers of accounts, by their names. */
const tokens = new Map<string, string>();

interface Listening {
  readonly app: NestExpressApplication;
  readonly url: string;
}

/** A hub whose handlers do nothing: what comes back says whether a request got as far as there. */
async function hubWith(login: HubConfig['login']): Promise<Listening> {
  const settings = must(readHubConfig({ APOLLO_LOGIN: login }, '/nowhere'));
  // The matrix asks for more in a moment than anybody may.
  const limits = { perPrincipal: 1_000_000, perAddress: 1_000_000, perDoor: 1_000_000 };
  const config = { ...settings, limits };
  const logger = new JsonLogger('silent', { write: () => undefined });
  const app = await createHub({ config, ...context }, logger);
  app.useGlobalInterceptors({
    intercept: (execution) => {
      execution.switchToHttp().getResponse<Response>().json({});
      return NEVER;
    },
  });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${String(port)}` };
}

async function fillStore(): Promise<void> {
  await context.store.transact(async (unit) => {
    for (const environment of ['dev', 'prod']) {
      await unit.environments.insert(anEnvironment({ name: environment }));
      const spoke = `spoke-${environment}`;
      const entity = `entity-${environment}`;
      await unit.spokes.insert(aSpoke({ name: spoke, environment }));
      const named = { name: entity, spoke, environment, releaseName: entity };
      await unit.entities.insert(anEntity(named));
      await unit.plans.insert(aPlan({ id: `plan-${environment}`, entity, spoke, environment }));
      await unit.holds.insert(aHold({ id: `hold-${environment}`, entity }));
      await unit.breakGlasses.insert(aBreakGlass({ id: `glass-${environment}`, environment }));
      await unit.deployments.insert(aDeployment({ id: `deployment-${environment}`, environment }));
      const notification = { id: `notification-${environment}`, environment };
      await unit.notifications.add([aNotification(notification)]);
      const scope = { environments: [environment] };
      const id = `constraint-${environment}`;
      await unit.constraints.insert(aConstraint({ id, name: id, scope }));
    }
  });
}

/** An account with a role, held in one of three ways, and a token for everything it may do. */
async function account(name: string, roles: readonly Role[], holding: string): Promise<void> {
  const grants = { there: ['prod'], elsewhere: ['dev'] }[holding] ?? [];
  const held = {
    roles: holding === 'everywhere' ? roles : [],
    grants: grants.map((environment) => ({ environment, roles })),
  };
  const { authorization } = await anAccount(context, name, held);
  tokens.set(name, authorization);
}

describe('who may use which route', () => {
  let required: Listening;
  let local: Listening;
  beforeAll(async () => {
    await fillStore();
    await account('none', [], 'everywhere');
    for (const role of ROLES) {
      for (const holding of HOLDINGS) await account(`${role}-${holding}`, [role], holding);
    }
    required = await hubWith('required');
    local = await hubWith('local');
  });
  afterAll(async () => {
    await required.app.close();
    await local.app.close();
    await context.store.close();
  });

  async function mark(hub: Listening, route: string, name?: string): Promise<string> {
    const { status } = await send(hub, route, name);
    return MARKS[status] ?? String(status).slice(0, 1);
  }

  it('is what is written down', async () => {
    const routes = inOrder(routesOf(required.app));
    const columns = ['anonymous', 'local', 'none', ...ROLES];
    const rows = [['route', 'permission', ...columns]];
    for (const route of routes) {
      const { body } = await send(required, route, 'none');
      const cells = [await mark(required, route), await mark(local, route)];
      cells.push(await mark(required, route, 'none'));
      for (const role of ROLES) {
        const marks = HOLDINGS.map((holding) => mark(required, route, `${role}-${holding}`));
        cells.push((await Promise.all(marks)).join(''));
      }
      rows.push([route, body.data?.permission ?? '-', ...cells]);
    }
    const text = `${HEAD}\n${aligned(rows)}\n`;
    if (WRITES) await writeFile(FIXTURE, text);
    expect(text.split('\n')).toEqual((await readFile(FIXTURE, 'utf8')).split('\n'));
    expect(routes.length).toBeGreaterThan(60);
  });

  it.each([
    { name: 'an entity', path: '/api/v1/entities/', hidden: 'entity-prod' },
    { name: 'a plan', path: '/api/v1/plans/', hidden: 'plan-prod' },
    { name: 'a spoke', path: '/api/v1/spokes/', hidden: 'spoke-prod' },
    { name: 'an environment', path: '/api/v1/environments/', hidden: 'prod' },
    { name: 'a hold', path: '/api/v1/holds/', hidden: 'hold-prod' },
    { name: 'a notification', path: '/api/v1/notifications/', hidden: 'notification-prod' },
    { name: 'a deployment', path: '/api/v1/deployments/', hidden: 'deployment-prod' },
    { name: 'a break-glass', path: '/api/v1/break-glass/', hidden: 'glass-prod' },
  ])('keeps $name from who may not see it, as if there were none', async ({ path, hidden }) => {
    const authorization = tokens.get('admin-elsewhere') ?? '';
    const answers = await Promise.all(
      [hidden, 'nothing'].map(async (name) => {
        const headers = { authorization, 'x-request-id': 'r' };
        const response = await fetch(`${required.url}${path}${name}`, { headers });
        return { status: response.status, text: await response.text() };
      }),
    );
    const [ofHidden, ofNothing] = answers;
    expect(ofHidden?.status).toBe(404);
    expect(ofHidden).toEqual({
      ...ofNothing,
      text: ofNothing?.text.replaceAll('nothing', hidden),
    });
  });

  it('says what is missing to who may see and not do', async () => {
    const answer = await send(required, 'put /api/v1/entities/{name}', 'viewer-everywhere');
    expect(answer).toMatchObject({
      status: 403,
      body: {
        code: 'http/not_allowed',
        detail:
          'this takes the permission deploy in prod, which comes with developer, operator, sre, admin; ask somebody who says who may do what (PUT /api/v1/people/{name}/roles), or use a token that is for it',
        data: {
          ...{ permission: 'deploy', environments: ['prod'] },
          roles: ['developer', 'operator', 'sre', 'admin'],
        },
      },
    });
  });
});

interface Told {
  readonly status: number;
  readonly body: { readonly data?: { readonly permission?: string } };
}

async function send({ url }: Listening, route: string, name?: string): Promise<Told> {
  const [method = '', path = ''] = route.split(' ');
  const authorization = tokens.get(name ?? '');
  const hasBody = method === 'post' || method === 'put';
  const address = path.replace(/\{\w+\}/, targetOf(path)).replace(/\{\w+\}/, 'x');
  const response = await fetch(`${url}${address}?environment=prod`, {
    method: method.toUpperCase(),
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(hasBody && { 'content-type': 'application/json' }),
    },
    ...(hasBody && { body: JSON.stringify(BODY) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, body: isJson ? (JSON.parse(text) as Told['body']) : {} };
}

/** What a path is about: `/plans/{id}` is about plan-prod. */
function targetOf(path: string): string {
  if (path.startsWith('/api/v1/break-glass/')) return 'glass-prod';
  const [, kind = ''] = /^\/api\/v1\/(\w+)s\/\{/.exec(path) ?? [];
  if (kind === 'environment') return 'prod';
  if (kind === 'schedule' || kind === 'suppression') return 'constraint-prod';
  return kind === 'entitie' ? 'entity-prod' : `${kind}-prod`;
}

/** By path, then by method. */
function inOrder(routes: readonly string[]): readonly string[] {
  const key = (route: string): string => route.split(' ').reverse().join();
  return [...routes].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths?.[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}
