import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReleaseReader } from '@apollo-deploy/helm';
import { ScriptedHelmRunner } from '@apollo-deploy/helm/testing';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import {
  InMemoryKubeApi,
  KubeConnection,
  type KubeRefusal,
  KubeUnavailable,
  type ServiceAccountToken,
} from '@apollo-deploy/kube';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { VirtualTime } from '../testing/virtual-time.js';
import { DeployerAccounts } from './deployer-accounts.js';

const HALF_AN_HOUR = 1_800_000;
const CLUSTER = {
  clusters: [{ name: 'c', cluster: { server: 'https://kube.example.com:6443' } }],
  users: [{ name: 'spoke', user: { token: 'of the spoke' } }],
  contexts: [{ name: 'c', context: { cluster: 'c', user: 'spoke' } }],
  'current-context': 'c',
};

type Answer = Result<ServiceAccountToken, KubeRefusal>;

describe('the accounts by which plans are carried out', () => {
  let root: string;
  let time: VirtualTime;
  let accounts: DeployerAccounts;
  let asked: string[];
  /** What the cluster answers; a token of an hour where this says nothing. */
  let answer: () => Answer | undefined;
  const kubeconfigs: string[] = [];

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'apollo-deployers-'));
    const path = join(root, 'own');
    await writeFile(path, JSON.stringify(CLUSTER));
    time = new VirtualTime();
    [asked, answer] = [[], () => undefined];
    const kube = new InMemoryKubeApi();
    accounts = new DeployerAccounts({
      ...{ account: 'deployer', clock: time, timer: time, userAgent: 'test' },
      connection: new KubeConnection({ from: 'kubeconfig', path }),
      tokens: {
        serviceAccountToken: ({ namespace, name }, seconds) => {
          asked.push(`${namespace}/${name} ${seconds}`);
          const expiresAt = new Date(time.now().getTime() + seconds * 1000);
          return Promise.resolve(answer() ?? ok({ token: `token ${asked.length}`, expiresAt }));
        },
      },
      reader: new ReleaseReader(kube),
      helmWith: (kubeconfig) => {
        kubeconfigs.push(kubeconfig);
        return new ScriptedHelmRunner(kube);
      },
      directory: join(root, 'deployers'),
      log: pino({ level: 'silent' }),
    });
  });
  afterEach(async () => {
    await accounts.stop();
    await rm(root, { recursive: true });
  });

  const tokenOf = (namespace: string) =>
    readFile(join(root, 'deployers', namespace, 'token'), 'utf8');

  /** Time goes on, and what falls due is done. */
  async function later(ms: number): Promise<void> {
    time.advance(ms);
    // A renewal that the timer began is waited for by whoever asks.
    await accounts.of('shop');
  }

  it('have a kubeconfig with the cluster, and no credentials but a token of their own', async () => {
    await accounts.of('shop');
    const path = kubeconfigs.at(-1) ?? '';
    const text = await readFile(path, 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      clusters: [{ cluster: { server: 'https://kube.example.com:6443' } }],
      users: [{ user: { tokenFile: join(root, 'deployers/shop/token') } }],
    });
    expect(text).not.toContain('of the spoke');
    for (const name of ['token', 'kubeconfig']) {
      expect((await stat(join(root, 'deployers/shop', name))).mode & 0o777).toBe(0o600);
    }
    expect((await stat(join(root, 'deployers/shop'))).mode & 0o777).toBe(0o700);
  });

  it('are asked for one token, however many plans begin at once', async () => {
    await Promise.all([accounts.of('shop'), accounts.of('shop'), accounts.of('back')]);
    expect(asked).toEqual(['shop/deployer 3600', 'back/deployer 3600']);
    await later(HALF_AN_HOUR - 1);
    expect(asked).toHaveLength(2);
  });

  it('are renewed at half of their life, also while nothing begins', async () => {
    await accounts.of('shop');
    time.advance(HALF_AN_HOUR);
    expect(asked).toHaveLength(2);
    await accounts.of('shop');
    expect(await tokenOf('shop')).toBe('token 2');
    expect(await readdir(join(root, 'deployers/shop'))).toEqual(['kubeconfig', 'token']);
    await later(HALF_AN_HOUR);
    expect(await tokenOf('shop')).toBe('token 3');
  });

  it.each([
    {
      name: 'there is none',
      code: 'kube/not_found',
      says: 'namespace shop has no service account deployer, by which plans are carried out there; name shop in the values of the chart apollo-spoke (namespaces) and upgrade it',
    },
    {
      name: 'the spoke may not act by it',
      code: 'kube/forbidden',
      says: 'this spoke may not act as service account deployer of namespace shop: no; name shop in the values of the chart apollo-spoke (namespaces) and upgrade it',
    },
  ] as const)('are missed where $name, until somebody mends that', async ({ code, says }) => {
    answer = () => err({ code, status: 404, reason: 'No', message: 'no', causes: [] });
    expect(await accounts.of('shop')).toEqual(err({ reason: 'NoDeployer', message: says }));
    answer = () => undefined;
    expect(await accounts.of('shop')).toMatchObject({ ok: true });
  });

  it('go on with the token that they have while the cluster does not answer', async () => {
    await accounts.of('shop');
    answer = () => {
      throw new KubeUnavailable('gone', { cause: null });
    };
    time.advance(HALF_AN_HOUR);
    await time.waitBegins(30_000);
    expect(await tokenOf('shop')).toBe('token 1');
    await expect(accounts.of('shop')).rejects.toThrow(KubeUnavailable);
    answer = () => undefined;
    await later(30_000);
    expect(await tokenOf('shop')).toBe(`token ${asked.length}`);
  });

  it('leave no token behind, nor find one of an earlier process', async () => {
    const old = join(root, 'deployers/gone');
    await mkdir(old, { recursive: true });
    await writeFile(join(old, 'token'), 'old');
    await accounts.clearLeftovers();
    await accounts.of('shop');
    expect(await readdir(join(root, 'deployers'))).toEqual(['shop']);
    await accounts.stop();
    expect(await readdir(root)).toEqual(['own']);
  });
});
