import { describe, expect, it } from '@jest/globals';
import { clusterFiles } from './cluster-files.js';
import { COMPONENTS } from './component-names.js';
import { apiUrlOf, commandsOf, type ClusterSpec } from './components.js';

const SPEC: ClusterSpec = {
  binaries: {
    kubernetes: '/bin/kubernetes',
    helm: '/bin/helm',
    helm3: '/bin/helm-3',
    kwok: '/bin/kwok',
  },
  files: clusterFiles('/data/dev'),
  ports: { api: 21001, etcdClient: 21002, etcdPeer: 21003, kwok: 21004 },
  durable: false,
};

describe('the command lines of a cluster', () => {
  const commands = commandsOf(SPEC);

  it('run every part but kwok out of one program', () => {
    expect(
      COMPONENTS.map((name) => [
        commands[name].file,
        name === 'kwok' ? '' : commands[name].args[0],
      ]),
    ).toEqual([
      ['/bin/kubernetes', 'etcd'],
      ['/bin/kubernetes', 'kube-apiserver'],
      ['/bin/kubernetes', 'kube-controller-manager'],
      ['/bin/kubernetes', 'kube-scheduler'],
      ['/bin/kwok', ''],
    ]);
  });

  it.each(COMPONENTS)('let the next start know %s by the directory', (name) => {
    expect(commands[name].args.some((arg) => arg.includes('=/data/dev/'))).toBe(true);
  });

  it.each([
    { name: 'etcd' as const, flag: '--listen-client-urls=http://127.0.0.1:21002' },
    { name: 'etcd' as const, flag: '--listen-peer-urls=http://127.0.0.1:21003' },
    { name: 'kube-apiserver' as const, flag: '--bind-address=127.0.0.1' },
    { name: 'kube-controller-manager' as const, flag: '--secure-port=0' },
    { name: 'kube-scheduler' as const, flag: '--secure-port=0' },
    { name: 'kwok' as const, flag: '--server-address=127.0.0.1:21004' },
  ])('keep $name off every address but 127.0.0.1: $flag', ({ name, flag }) => {
    expect(commands[name].args).toContain(flag);
  });

  it('check permissions', () => {
    expect(commands['kube-apiserver'].args).toContain('--authorization-mode=RBAC');
  });

  it('leave out the node-lifecycle controller and the taint it would have to remove together', () => {
    expect(commands['kube-controller-manager'].args).toContain(
      '--controllers=*,-node-lifecycle-controller',
    );
    expect(commands['kube-apiserver'].args).toContain(
      '--disable-admission-plugins=ServiceAccount,TaintNodesByCondition',
    );
  });

  it.each([
    { name: 'kept', durable: true, expected: false },
    { name: 'thrown away', durable: false, expected: true },
  ])('let etcd skip the disk=$expected for data that is $name', ({ durable, expected }) => {
    const { args } = commandsOf({ ...SPEC, durable }).etcd;
    expect(args.includes('--unsafe-no-fsync')).toBe(expected);
  });

  it('lead to the address of the API server', () => {
    expect(apiUrlOf(SPEC.ports)).toBe('https://127.0.0.1:21001');
  });
});
