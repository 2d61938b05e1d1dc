import type { Binaries } from './binary-cache.js';
import type { ClusterFiles } from './cluster-files.js';
import type { ComponentName } from './component-names.js';
import { STAGES_FILE } from './package-files.js';
import type { ClusterPorts } from './ports.js';

/** What decides the command lines of a cluster. */
export interface ClusterSpec {
  readonly binaries: Binaries;
  readonly files: ClusterFiles;
  readonly ports: ClusterPorts;
  /** Written through to the disk, to survive a crash of the machine. */
  readonly durable: boolean;
}

/** A program with its arguments. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

const LOOPBACK = '127.0.0.1';
/** The clients' own limit of 20 requests a second is what large rollouts would wait for. */
const FAST_CLIENT = ['--kube-api-qps=500', '--kube-api-burst=1000'];

/** Where the API server of a cluster answers. */
export function apiUrlOf(ports: ClusterPorts): string {
  return `https://${LOOPBACK}:${String(ports.api)}`;
}

/** The command line of every process: listening on 127.0.0.1 only, RBAC on. Pure. */
export function commandsOf(spec: ClusterSpec): Readonly<Record<ComponentName, Command>> {
  const { kubernetes, kwok } = spec.binaries;
  return {
    etcd: { file: kubernetes, args: ['etcd', ...etcdFlags(spec)] },
    'kube-apiserver': { file: kubernetes, args: ['kube-apiserver', ...apiServerFlags(spec)] },
    'kube-controller-manager': {
      file: kubernetes,
      args: ['kube-controller-manager', ...controllerManagerFlags(spec)],
    },
    'kube-scheduler': { file: kubernetes, args: ['kube-scheduler', ...clientFlags(spec)] },
    kwok: { file: kwok, args: kwokFlags(spec) },
  };
}

function etcdFlags({ files, ports, durable }: ClusterSpec): string[] {
  const client = `http://${LOOPBACK}:${String(ports.etcdClient)}`;
  const peer = `http://${LOOPBACK}:${String(ports.etcdPeer)}`;
  return [
    '--name=local',
    `--data-dir=${files.etcdData}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=local=${peer}`,
    '--log-level=warn',
    ...(durable ? [] : ['--unsafe-no-fsync']),
  ];
}

function apiServerFlags({ files, ports }: ClusterSpec): string[] {
  return [
    `--bind-address=${LOOPBACK}`,
    // Otherwise it looks for an outside address, and a machine without a network has none.
    `--advertise-address=${LOOPBACK}`,
    `--secure-port=${String(ports.api)}`,
    `--cert-dir=${files.certificates}`,
    `--etcd-servers=http://${LOOPBACK}:${String(ports.etcdClient)}`,
    `--token-auth-file=${files.tokens}`,
    '--anonymous-auth=false',
    '--authorization-mode=RBAC',
    '--allow-privileged=true',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${files.serviceAccountKey}`,
    `--service-account-signing-key-file=${files.serviceAccountKey}`,
    // Pods are not run, so they need no token; and the second goes together with the missing
    // node-lifecycle controller below, which would have to take away the taint that it sets.
    '--disable-admission-plugins=ServiceAccount,TaintNodesByCondition',
    '--endpoint-reconciler-type=none',
  ];
}

function controllerManagerFlags(spec: ClusterSpec): string[] {
  // Without node leases that controller would call the node lost every 50 s.
  return [...clientFlags(spec), '--controllers=*,-node-lifecycle-controller'];
}

function clientFlags({ files }: ClusterSpec): string[] {
  const kubeconfig = `--kubeconfig=${files.internalKubeconfig}`;
  return [kubeconfig, '--leader-elect=false', '--secure-port=0', ...FAST_CLIENT];
}

function kwokFlags({ files, ports }: ClusterSpec): string[] {
  return [
    `--kubeconfig=${files.internalKubeconfig}`,
    `--config=${STAGES_FILE}`,
    `--config=${files.podLogRules}`,
    '--manage-all-nodes=true',
    `--server-address=${LOOPBACK}:${String(ports.kwok)}`,
    // With these the API server finds the logs of pods here.
    `--node-ip=${LOOPBACK}`,
    `--node-port=${String(ports.kwok)}`,
  ];
}
