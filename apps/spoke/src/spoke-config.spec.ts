import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { AGENT_VERSION } from './agent-version.js';
import { readSpokeConfig } from './spoke-config.js';

const MACHINE = { cores: 4, homeDirectory: '/home/apollo' };
const LEAST = { APOLLO_HUB_URL: 'http://127.0.0.1:8234', APOLLO_SPOKE_TOKEN_FILE: '/run/token' };

describe('the configuration of a spoke', () => {
  it('needs a hub and a token, and has a default for the rest', () => {
    expect(readSpokeConfig(LEAST, MACHINE)).toEqual({
      ok: true,
      value: {
        ...{ socketUrl: 'ws://127.0.0.1:8234/ws/spoke', httpUrl: 'http://127.0.0.1:8234' },
        token: { kind: 'file', path: '/run/token' },
        ...{ kubeconfigPath: '/home/apollo/.kube/config', helmPath: 'helm' },
        ...{ namespace: 'apollo-system', workdir: '/home/apollo/.apollo-spoke' },
        ...{ maxParallel: 4, healthRulesPath: null, driftRulesPath: null, pod: null },
        logLevel: 'info',
      },
    });
  });

  it.each([
    { name: 'https', url: 'https://hub.example', socket: 'wss://hub.example/ws/spoke' },
    { name: 'wss', url: 'wss://hub.example:8443/', socket: 'wss://hub.example:8443/ws/spoke' },
    { name: 'ws', url: 'ws://hub', socket: 'ws://hub/ws/spoke' },
  ])('takes the hub as $name', ({ url, socket }) => {
    const config = readSpokeConfig({ ...LEAST, APOLLO_HUB_URL: url }, MACHINE);
    expect(config.ok && config.value.socketUrl).toBe(socket);
  });

  it.each([
    { name: 'the one of Apollo', env: { APOLLO_KUBECONFIG: '/a', KUBECONFIG: '/b' }, path: '/a' },
    { name: 'the usual one', env: { KUBECONFIG: '/b', KUBERNETES_SERVICE_HOST: 'x' }, path: '/b' },
    { name: 'the account of the pod', env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, path: null },
  ])('finds the cluster by $name', ({ env, path }) => {
    const config = readSpokeConfig({ ...LEAST, ...env }, MACHINE);
    expect(config.ok && config.value.kubeconfigPath).toBe(path);
  });

  it('names every problem at once, with what is accepted', () => {
    const env = {
      APOLLO_HUB_URL: 'hub.example/path',
      APOLLO_MAX_PARALLEL: '0',
      APOLLO_SPOKE_NAMESPACE: 'Apollo_System',
      APOLLO_LOG_LEVEL: 'loud',
    };
    const config = readSpokeConfig(env, MACHINE);
    expect(config.ok ? [] : config.error.map(({ message }) => message).sort()).toEqual([
      'APOLLO_HUB_URL is "hub.example/path"; give the hub as http(s):// or ws(s)://HOST[:PORT], without a path',
      'APOLLO_LOG_LEVEL is "loud"; give trace, debug, info, warn or error',
      'APOLLO_MAX_PARALLEL is "0"; give how many releases are changed at a time, 1 to 999',
      'APOLLO_SPOKE_NAMESPACE is "Apollo_System"; give a namespace name: 1 to 63 of a-z, 0-9 and -',
      'APOLLO_SPOKE_TOKEN_FILE is not set and neither is APOLLO_SPOKE_TOKEN; give a file that holds the token and that only its owner may read (0600)',
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
