import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UlidIds } from '../src/platform/ulid-ids.js';
import { anAccount } from '../src/testing/account.js';
import { TestCredential } from '../src/testing/spokes/test-credential.js';
import { ProductionScene } from './support/production-scene.js';

const APOLLOCTL = join(import.meta.dirname, '../../cli/dist/main.js');
const ACCOUNTS = {
  ann: ['sre', 'product-owner'],
  bob: ['developer'],
  admin: ['admin'],
} as const;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

// The clock of the hub stands on Sunday, 1 March 2026, at noon.
describe('apolloctl, as a process of its own', () => {
  let scene: ProductionScene;
  let folder: string;
  beforeEach(async () => {
    scene = await ProductionScene.start();
    folder = await mkdtemp(join(tmpdir(), 'apollo-apolloctl-'));
    const { store, clock } = scene.hub;
    const context = { store, clock, ids: new UlidIds(), startedAt: clock.now() };
    for (const [name, roles] of Object.entries(ACCOUNTS)) {
      const { authorization } = await anAccount(context, name, { roles });
      const token = authorization.slice('Bearer '.length);
      await writeFile(join(folder, name), `${token}\n`, { mode: 0o600 });
    }
  });
  afterEach(async () => {
    await scene.stop();
    await rm(folder, { recursive: true });
  });

  /** One of the accounts types a command line; nobody is there to be asked anything. */
  function types(
    who: keyof typeof ACCOUNTS | undefined,
    line: string | readonly string[],
    hub: string = scene.hub.url,
  ): Promise<Ended> {
    const words = typeof line === 'string' ? line.split(' ') : line;
    const as = who === undefined ? [] : ['--token-file', join(folder, who)];
    return new Promise((resolve) => {
      const args = [APOLLOCTL, ...words, '--hub', hub, ...as];
      const child = execFile(process.execPath, args, { env: { PATH: '' } }, (error, out, err) => {
        const code = error === null ? 0 : Number(error.code);
        resolve({ code, out: out.trimEnd(), err: err.trimEnd() });
      });
      child.stdin?.end();
    });
  }

  /** Somebody wants other values in production; answers the plan that waits for people. */
  async function wanted(values: object = {}): Promise<{ id: string; digest: string }> {
    const desired = { version: '1.1.0' };
    await scene.hub.put('/api/v1/entities/aria-prod', {
      ...{ spoke: 'prod', product: 'aria', desired, values },
    });
    await scene.hub.post('/api/v1/evaluations', { entity: 'aria-prod' });
    return (await scene.plan()) as unknown as { id: string; digest: string };
  }

  it('lists what waits, shows for whom, and approves exactly that', async () => {
    const { id, digest } = await wanted({ replicas: 2, db: { passwordKey: 'pw' } });
    const listed = await types(undefined, 'plans --state blocked');
    expect(listed).toMatchObject({ code: 0, err: '' });
    expect(listed.out).toMatch(new RegExp(`^${id} .* 1.0.0 -> 1.1.0 .* approval$`, 'm'));

    const shown = await types(undefined, `plan ${id}`);
    expect(shown.out).toMatch(/^ {2}production +1 +sre +1 +sre$/m);
    expect(shown.out).toContain('let ann or sre-1 look at it');
    expect(shown.out).toContain(`here: apolloctl approve ${id}`);

    expect(shown.out).toContain('values, against what runs now (1.0.0, revision 1)');
    expect(shown.out).toMatch(/^ {2}db.passwordKey: "pw" \(added\)\n {2}replicas: 2 \(added\)$/m);

    expect(await types('ann', `approve ${id}`)).toMatchObject({
      code: 3,
      err: expect.stringContaining('nobody is here to be asked'),
    });
    const approved = await types('ann', `approve ${id} --digest ${digest} --comment good`);
    expect(approved).toMatchObject({ code: 0, err: '' });
    expect(approved.out).toContain(`approved by ann: upgrade of aria-prod, 1.0.0 -> 1.1.0`);
    await scene.hub.post('/api/v1/evaluations', { entity: 'aria-prod' });
    expect(await scene.offered()).toBe(id);
    expect((await types(undefined, `plan ${id}`)).out).toMatch(/^ {2}ann .* good$/m);
  });

  it('prints the body of the hub as it is', async () => {
    const { id } = await wanted();
    const { code, out } = await types(undefined, `plan ${id} -o json`);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual((await scene.hub.get(`/api/v1/plans/${id}`)).body);
  });

  it('says who was refused, and why', async () => {
    const { id } = await wanted();
    const unasked = await types('bob', `approve ${id} --yes`);
    expect(unasked).toMatchObject({ code: 1, err: expect.stringContaining('Nobody asked you') });
    expect(unasked.err).toContain(`you act as bob (--token-file ${join(folder, 'bob')})`);
    const local = await types(undefined, `approve ${id} --yes`);
    expect(local).toMatchObject({ code: 1, err: expect.stringContaining('http/not_allowed') });
    expect(local.err).toContain('you act as dev-operator (no credentials)');
    await writeFile(join(folder, 'bob'), 'apollo_wrong');
    expect(await types('bob', 'whoami')).toMatchObject({
      code: 1,
      err: expect.stringContaining('you act as nobody'),
    });
    expect((await scene.plan())['approval']).toMatchObject({ approvals: [] });
  });

  it('approves nothing when the plan changes after it was shown, or since it was looked at', async () => {
    const before = await wanted();
    const between = await Between.start(scene.hub.url, async () => {
      await wanted({ replicas: 3 });
    });
    const changed = await types('ann', `approve ${before.id} --yes`, between.url);
    await between.stop();
    expect(changed.out).toContain(before.digest);
    expect(changed).toMatchObject({ code: 1, err: expect.stringContaining('approval/too_late') });
    const now = (await scene.plan()) as unknown as { id: string; digest: string };
    expect(now.digest).not.toBe(before.digest);
    expect(now).toMatchObject({ approval: { approvals: [] } });

    const stale = await types('ann', `approve ${now.id} --digest ${before.digest}`);
    expect(stale).toMatchObject({ code: 1, err: expect.stringContaining('nothing was approved') });
    expect(await scene.plan()).toMatchObject({ approval: { approvals: [] } });
  });

  it('takes an approval back, and turns a plan down', async () => {
    const freeze = { start: '2026-03-01T11:00:00Z', end: '2026-03-01T13:00:00Z' };
    await scene.hub.post('/api/v1/suppressions', { ...freeze, reason: 'the fair' });
    const { id } = await wanted();
    expect((await types('ann', `approve ${id} -y`)).code).toBe(0);
    expect((await types('ann', `withdraw ${id}`)).code).toBe(0);
    expect(await types('ann', `withdraw ${id}`)).toMatchObject({
      code: 1,
      err: expect.stringContaining('approval/not_given'),
    });
    const rejected = await types('ann', ['reject', id, '--reason', 'not \u001b[2Jon a Sunday']);
    expect(rejected).toMatchObject({ code: 0, err: '' });
    expect(rejected.out).toContain('CANCELLED');
    expect(rejected.out).toContain('not \\u{1b}[2Jon a Sunday');
    expect(await types('ann', `approve ${id} -y`)).toMatchObject({ code: 1 });
  });

  it('sets and removes rules as they were seen', async () => {
    const made = await types('admin', [
      ...['approval-rules', 'set', 'two', '--products', 'aria', '--roles', 'sre,product-owner'],
    ]);
    expect(made).toMatchObject({
      code: 0,
      out: 'made: two: sre, product-owner (2 in all), about aria',
    });
    const { id } = await wanted();
    const first = await types('ann', `approve ${id} -y`);
    expect(first.out).toContain('still missing for two: ');
    const changed = await types('admin', 'approval-rules set two --roles sre --tier production');
    expect(changed.out).toContain('was: two: sre, product-owner (2 in all), about aria');
    expect((await types('bob', 'approval-rules')).out).toMatch(
      /^two +1 +sre +1 +production +- +admin/m,
    );
    expect(await types('admin', 'approval-rules set two --roles boss')).toMatchObject({
      code: 1,
      err: expect.stringContaining('field: requiredRoles'),
    });
    expect((await types('admin', 'approval-rules remove two')).code).toBe(0);
    expect((await types('bob', 'approval-rules remove production')).code).toBe(1);
  });

  it('lends roles, and takes them back', async () => {
    const lent = await types(
      'ann',
      'delegate sre --to bob --until 2026-03-08T00:00:00Z --environment prod',
    );
    const [, id = ''] = /^lent \((\w+)\): sre of ann to bob, for prod/.exec(lent.out) ?? [];
    expect((await types('bob', 'delegations')).out).toContain(id);
    const plan = await wanted();
    expect((await types('bob', `approve ${plan.id} -y`)).out).toContain('approved by bob');
    expect((await types('bob', `delegations take-back ${id}`)).code).toBe(1);
    expect((await types('ann', `delegations take-back ${id}`)).code).toBe(0);
  });

  it('says who may do what, and makes tokens that work', async () => {
    expect((await types('admin', 'people roles eve viewer sre@prod')).out).toBe(
      'eve: viewer, sre@prod (new)',
    );
    expect((await types('admin', 'people roles eve viewer')).out).toBe(
      'eve: viewer (before: viewer, sre@prod)',
    );
    expect((await types('admin', 'people')).out).toMatch(/^eve +person +viewer +active$/m);
    const file = join(folder, 'eve');
    const line = `tokens create ci --of eve --scopes view --expires 2026-03-01T18:00:00Z`;
    expect((await types('admin', `${line} --write ${file}`)).code).toBe(0);
    const whoami = await types(undefined, `whoami --token-file ${file}`);
    expect(whoami.out).toMatch(/^name +eve$/m);
    expect((await types('admin', 'tokens --of eve')).out).toMatch(/ ci +eve +view +everywhere/);
    const [, id = ''] = /^(\S+) +ci /m.exec((await types('admin', 'tokens --of eve')).out) ?? [];
    expect((await types('admin', `tokens revoke ${id} --of eve`)).code).toBe(0);
    expect((await types(undefined, `whoami --token-file ${file}`)).code).toBe(1);
    expect((await types('admin', 'people log-out eve')).code).toBe(0);
    expect((await types('admin', 'people roles eve --disable')).out).toContain('disabled');
  });

  it('shows spokes, revokes them and lets others join', async () => {
    expect((await types(undefined, 'spokes')).out).toMatch(/^prod +prod +connected /m);
    const token = await types(undefined, 'join-token east prod');
    expect(token).toMatchObject({ code: 0, err: expect.stringContaining('shown this once') });
    expect(token.out).toMatch(/^\S+$/);
    expect(await types(undefined, 'spokes accept east -y')).toMatchObject({
      code: 1,
      err: expect.stringContaining('has not joined'),
    });
    await TestCredential.over(scene.hub.url, token.out);
    expect((await types(undefined, 'spokes')).out).toMatch(/^east .* waits to be accepted$/m);
    const { key } = (await scene.hub.get('/api/v1/spokes/east')).body;
    const { publicKey } = key as { readonly publicKey: string };
    const accepted = await types(undefined, `spokes accept east --key ${publicKey}`);
    expect(accepted.out).toContain('accepted: east, ');
    const revoked = await types(undefined, ['spokes', 'revoke', 'prod', '--reason', 'a test']);
    expect(revoked).toMatchObject({ code: 0, out: 'revoked: prod' });
    expect((await types(undefined, 'spokes')).out).toContain('revoked by dev-operator: a test');
  });

  it('breaks glass, and has somebody else review it', async () => {
    const { id } = await wanted();
    const line = ['break-glass', 'open', 'aria', 'prod', '--waives', 'approval'];
    const until = ['--until', '2026-03-01T13:00:00Z'];
    expect(await types('ann', [...line, ...until, '--reason', 'short'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('field: reason'),
    });
    const opened = await types('ann', [...line, ...until, '--reason', 'nobody can log in']);
    expect(opened).toMatchObject({ code: 0, err: '' });
    expect(opened.out).toContain('somebody other than ann has to review it until 2026-03-02T12');
    const [, glass = ''] = /^break-glass +(\S+)$/m.exec(opened.out) ?? [];
    await scene.hub.post('/api/v1/evaluations', { entity: 'aria-prod' });
    expect(await scene.offered()).toBe(id);

    const review = `break-glass review ${glass} --verdict accepted`;
    expect(await types('ann', review)).toMatchObject({
      code: 1,
      err: expect.stringContaining('break_glass/not_a_second_person'),
    });
    expect((await types('ann', 'break-glass --unreviewed')).out).toMatch(/ann .* 1 +owed until/m);
    const reviewed = await types('admin', review);
    expect(reviewed.out).toContain(`1: ${id}`);
    expect(reviewed.out).toContain('reviewed: accepted by admin');
    expect((await types('ann', 'break-glass --unreviewed')).out).toBe('none');
    expect((await types('ann', `break-glass end ${glass}`)).code).toBe(1);
  });

  it('has others told, tries that out, and stops it', async () => {
    const receiver = createServer((_, response) => response.writeHead(204).end());
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const { port } = receiver.address() as AddressInfo;
    const create = `webhooks create chat http://127.0.0.1:${String(port)}/in --events plan.failed`;
    expect(await types('bob', create)).toMatchObject({ code: 1 });
    const made = await types('admin', create);
    expect(made).toMatchObject({ code: 0, err: expect.stringContaining('it is shown this once') });
    expect(made.out).toMatch(/^whsec_\S+$/);
    expect((await types('admin', 'webhooks')).out).toMatch(/ chat +standard +plan\.failed .* on /m);
    expect(await types('admin', 'webhooks test chat')).toMatchObject({
      ...{ code: 0, out: 'delivered: chat answered 204' },
    });
    receiver.close();
    receiver.closeAllConnections();
    expect(await types('admin', 'webhooks test chat')).toMatchObject({
      ...{ code: 1, err: expect.stringContaining('ECONNREFUSED') },
    });
    const rotated = await types('admin', 'webhooks rotate-secret chat --overlap-hours 1');
    expect(rotated.err).toContain('by the former one as well until 2026-03-01T13:00:00Z');
    expect(rotated.out).toMatch(/^whsec_\S+$/);
    expect(rotated.out).not.toBe(made.out);
    expect(await types('admin', 'webhooks disable chat')).toMatchObject({
      ...{ code: 0, out: expect.stringMatching(/^off: webhook chat \(\w+\), standard, at http:/) },
    });
    expect((await types('admin', 'webhooks')).out).toMatch(/ off: admin switched it off /);
    expect((await types('admin', 'webhooks change chat --products aria --all events')).code).toBe(
      0,
    );
    expect((await types('admin', 'webhooks enable chat')).out).toMatch(/^on: webhook chat /);
    expect((await types('admin', 'webhooks')).out).toMatch(/ chat +standard +all +aria +on /m);
    expect((await types('admin', 'webhooks delete chat')).code).toBe(0);
    expect((await types('admin', 'webhooks')).out).toBe('none');
  });

  it('executes and cancels', async () => {
    const { id } = await wanted();
    expect(await types('bob', `execute ${id}`)).toMatchObject({
      code: 1,
      err: expect.stringContaining('plan/not_ready'),
    });
    expect(await types('bob', ['cancel', id, '--reason', 'no need'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('CANCELLED'),
    });
  });

  it('ends otherwise if the hub cannot be reached', async () => {
    expect(await types(undefined, 'plans', 'http://127.0.0.1:1')).toMatchObject({
      code: 2,
      err: expect.stringContaining('the hub at http://127.0.0.1:1 cannot be reached'),
    });
  });
});

/** Stands between apolloctl and the hub, and lets something happen before it passes an approval on. */
class Between {
  private constructor(private readonly server: Server) {}

  static async start(hub: string, happens: () => Promise<void>): Promise<Between> {
    const server = createServer((incoming, outgoing) => {
      const { method = 'GET', url = '/', headers } = incoming;
      void (url.endsWith('/approve') ? happens() : Promise.resolve()).then(() => {
        const passed = request(
          new URL(url, hub),
          { method, headers },
          (answer: IncomingMessage) => {
            outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
            answer.pipe(outgoing);
          },
        );
        incoming.pipe(passed);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Between(server);
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
