import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { AGENT_VERSION } from './agent-version.js';
import { readSpokeConfig } from './spoke-config.js';

const MACHINE = { cores: 4, homeDirectory: '/home/apollo' };
const LEAST = { APOLLO_HUB_URL: 'http://127.0.0.1:8234', APOLLO_SPOKE_TOKEN_FILE: '/run/token' };

describe('the configuration of a spoke', () => {
  it('needs a hub, takes a join token, and has a default for the rest', () => {
    expect(readSpokeConfig(LEAST, MACHINE)).toEqual({
      ok: true,
      value: {
        ...{ socketUrl: 'ws://127.0.0.1:8234/ws/spoke', httpUrl: 'http://127.0.0.1:8234' },
        token: { kind: 'file', path: '/run/token' },
        ...{ kubeconfigPath: '/home/apollo/.kube/config', helmPath: 'helm' },
        ...{ namespace: 'apollo-system', namespaces: [], workdir: '/home/apollo/.apollo-spoke' },
        ...{
          keyLifeDays: 30,
          maxParallel: 16,
          healthRulesPath: null,
          driftRulesPath: null,
          trustedKeysPath: null,
          policyPath: null,
          deployer: null,
          pod: null,
        },
        logLevel: 'info',
      },
    });
  });

  it.each([
    { name: 'four a core: Helm waits half of its time', cores: 1, env: {}, most: 4 },
    { name: 'no more than sixteen, however large the machine', cores: 64, env: {}, most: 16 },
    { name: 'what it is told', cores: 64, env: { APOLLO_MAX_PARALLEL: '33' }, most: 33 },
  ])('changes so many releases at a time: $name', ({ cores, env, most }) => {
    const config = readSpokeConfig({ ...LEAST, ...env }, { ...MACHINE, cores });
    expect(config.ok && config.value.maxParallel).toBe(most);
  });

  it.each([
    { name: 'https', url: 'https://hub.example', socket: 'wss://hub.example/ws/spoke' },
    { name: 'wss', url: 'wss://hub.example:8443/', socket: 'wss://hub.example:8443/ws/spoke' },
    { name: 'ws on this machine', url: 'ws://localhost', socket: 'ws://localhost/ws/spoke' },
    { name: 'http here by IPv6', url: 'http://[::1]:1/', socket: 'ws://[::1]:1/ws/spoke' },
  ])('takes the hub as $name', ({ url, socket }) => {
    const config = readSpokeConfig({ ...LEAST, APOLLO_HUB_URL: url }, MACHINE);
    expect(config.ok && config.value.socketUrl).toBe(socket);
  });

  it.each([
    'http://hub.example',
    'ws://hub:8234',
    'http://127.0.0.1.hub.example',
    'http://localhost.hub.example',
    'http://10.0.0.1',
  ])('speaks to no hub elsewhere in plain text: %s', (url) => {
    const config = readSpokeConfig({ ...LEAST, APOLLO_HUB_URL: url }, MACHINE);
    expect(config.ok ? [] : config.error.map(({ message }) => message)).toEqual([
      expect.stringContaining('only for one on this machine'),
    ]);
  });

  it.each([
    { name: 'the one of Apollo', env: { APOLLO_KUBECONFIG: '/a', KUBECONFIG: '/b' }, path: '/a' },
    { name: 'the usual one', env: { KUBECONFIG: '/b', KUBERNETES_SERVICE_HOST: 'x' }, path: '/b' },
    { name: 'the account of the pod', env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, path: null },
  ])('finds the cluster by $name', ({ env, path }) => {
    const config = readSpokeConfig({ ...LEAST, ...env }, MACHINE);
    expect(config.ok && config.value.kubeconfigPath).toBe(path);
  });

  it('takes the namespaces of an account that is bound to some', () => {
    const config = readSpokeConfig({ ...LEAST, APOLLO_NAMESPACES: 'shop,back' }, MACHINE);
    expect(config.ok && config.value.namespaces).toEqual(['shop', 'back']);
  });

  it('names every problem at once, with what is accepted', () => {
    const env = {
      APOLLO_HUB_URL: 'hub.example/path',
      APOLLO_MAX_PARALLEL: '0',
      APOLLO_SPOKE_NAMESPACE: 'Apollo_System',
      APOLLO_NAMESPACES: 'shop, back',
      APOLLO_SPOKE_DEPLOYER: 'system:admin',
      APOLLO_LOG_LEVEL: 'loud',
    };
    const config = readSpokeConfig(env, MACHINE);
    expect(config.ok ? [] : config.error.map(({ message }) => message).sort()).toEqual([
      'APOLLO_HUB_URL is "hub.example/path"; give the hub as https:// or wss://HOST[:PORT], without a path; http:// and ws:// only for one on this machine, as keys and values would go over a network in plain text',
      'APOLLO_LOG_LEVEL is "loud"; give trace, debug, info, warn or error',
      'APOLLO_MAX_PARALLEL is "0"; give how many releases are changed at a time, 1 to 999',
      'APOLLO_NAMESPACES is "shop, back"; give namespaces to look at where the account may not see all, by commas, 500 at most',
      'APOLLO_SPOKE_DEPLOYER is "system:admin"; give the name of the service account that acts in each namespace: 1 to 63 of a-z, 0-9 and -',
      'APOLLO_SPOKE_NAMESPACE is "Apollo_System"; give a namespace name: 1 to 63 of a-z, 0-9 and -',
    ]);
  });

  it.each([
    { name: 'a token', variable: 'APOLLO_SPOKE_TOKEN', value: 'short-secret' },
    {
      name: 'a password',
      variable: 'APOLLO_HUB_URL',
      value: 'https://me:short-secret@hub.example',
    },
  ])('does not show $name that it refuses', ({ variable, value }) => {
    const config = readSpokeConfig({ ...LEAST, [variable]: value }, MACHINE);
    expect(config.ok ? [] : config.error.map(({ message }) => message)).toEqual([
      expect.stringContaining(`${variable} is not usable (its value is not shown); give `),
    ]);
  });

  const IN_POD = {
    ...{ APOLLO_POD_NAMESPACE: 'apollo', APOLLO_POD_NAME: 'spoke-0', APOLLO_POD_UID: 'u' },
    ...{ APOLLO_NODE_NAME: 'node-a', KUBERNETES_SERVICE_HOST: '10.0.0.1' },
  };

  it.each([
    {
      name: 'of the cluster it works on',
      env: IN_POD,
      pod: { namespace: 'apollo', name: 'spoke-0', uid: 'u', node: 'node-a' },
    },
    { name: 'of another cluster maybe', env: { ...IN_POD, KUBECONFIG: '/b' }, pod: null },
  ])('knows itself as a pod $name', ({ env, pod }) => {
    const config = readSpokeConfig({ ...LEAST, ...env }, MACHINE);
    expect(config.ok && config.value.pod).toEqual(pod);
  });

  it('wants all or nothing of what names its pod', () => {
    const env = { ...LEAST, ...IN_POD, APOLLO_POD_UID: '', APOLLO_NODE_NAME: '' };
    const config = readSpokeConfig(env, MACHINE);
    expect(config.ok ? [] : config.error.map(({ message }) => message)).toEqual([
      'APOLLO_POD_UID is not set, but APOLLO_POD_NAMESPACE and APOLLO_POD_NAME are; give the UID of this pod (fieldRef metadata.uid)',
      'APOLLO_NODE_NAME is not set, but APOLLO_POD_NAMESPACE and APOLLO_POD_NAME are; give the node of this pod (fieldRef spec.nodeName)',
    ]);
  });

  it.each([
    {
      name: 'a letter too few',
      variable: 'APOLLO_SPOKE_TRUSTED_KEY',
      meant: 'APOLLO_SPOKE_TRUSTED_KEYS',
    },
    { name: 'another word', variable: 'APOLLO_SPOKE_POLICY', meant: 'APOLLO_SPOKE_POLICY_FILE' },
    { name: 'a slip of the pen', variable: 'APOLLO_NAMESPCAES', meant: 'APOLLO_NAMESPACES' },
    { name: 'the singular', variable: 'APOLLO_DRIFT_RULE_FILE', meant: 'APOLLO_DRIFT_RULES_FILE' },
  ])('is not usable with $name, which would let the spoke do more', ({ variable, meant }) => {
    expect(readSpokeConfig({ ...LEAST, [variable]: '/etc/x' }, MACHINE)).toEqual({
      ok: false,
      error: [
        {
          ...{ code: 'config/unknown', variable },
          message: `${variable} is no setting of a spoke; did you mean ${meant}? Correct its name, or take it away`,
        },
      ],
    });
  });

  it.each([
    {
      name: 'of a hub',
      env: { APOLLO_PORT: '8234', APOLLO_STORAGE: 'memory', APOLLO_LOGIN: 'local' },
    },
    { name: 'of a hub that begins alike', env: { APOLLO_HUB_ROLE: 'x', APOLLO_HOST: 'x' } },
    { name: 'of the launcher', env: { APOLLO_HOME: '/x', APOLLO_SPOKES_DIR: '/x' } },
    { name: 'of apolloctl', env: { APOLLO_HUB: 'http://x', APOLLO_TOKEN_FILE: '/x' } },
    {
      name: 'that Kubernetes sets for a service of the name apollo-spoke',
      env: { APOLLO_SPOKE_SERVICE_HOST: '10.96.0.7', APOLLO_SPOKE_PORT: 'tcp://10.96.0.7:80' },
    },
    { name: 'that is empty', env: { APOLLO_SPOKE_POLICY: '' } },
  ])('is usable beside a variable $name', ({ env }) => {
    expect(readSpokeConfig({ ...LEAST, ...env }, MACHINE).ok).toBe(true);
  });

  it('takes an empty variable for one that is not set', () => {
    const config = readSpokeConfig({ ...LEAST, APOLLO_HUB_URL: '' }, MACHINE);
    expect(config).toMatchObject({ ok: false, error: [{ code: 'config/missing' }] });
  });
});

describe('the version a spoke reports', () => {
  it('is the one of its package', () => {
    const file = readFileSync(join(import.meta.dirname, '../package.json'), 'utf8');
    expect((JSON.parse(file) as { version: string }).version).toBe(AGENT_VERSION);
  });
});
