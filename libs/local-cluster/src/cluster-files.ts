import { join } from 'node:path';
import type { ComponentName } from './component-names.js';

/** Where one cluster keeps everything: absolute paths below its directory. */
export interface ClusterFiles {
  readonly directory: string;
  readonly etcdData: string;
  readonly certificates: string;
  readonly serverCertificate: string;
  readonly serverKey: string;
  readonly serviceAccountKey: string;
  readonly tokens: string;
  /** For people and programs: proves the API server by its certificate. */
  readonly kubeconfig: string;
  /** For the cluster's own processes, which start before there is a certificate. */
  readonly internalKubeconfig: string;
  readonly ports: string;
  readonly owner: string;
  readonly podFolder: string;
  readonly podLogRules: string;
  readonly podLog: string;
  readonly previousPodLog: string;
  readonly logs: string;
  readonly pids: string;
}

/** The layout of a cluster's directory. */
export function clusterFiles(directory: string): ClusterFiles {
  const certificates = join(directory, 'certificates');
  const podFolder = join(directory, 'pods');
  return {
    directory,
    etcdData: join(directory, 'etcd'),
    certificates,
    serverCertificate: join(certificates, 'apiserver.crt'),
    serverKey: join(certificates, 'apiserver.key'),
    serviceAccountKey: join(certificates, 'service-account.key'),
    tokens: join(certificates, 'tokens.csv'),
    kubeconfig: join(directory, 'kubeconfig'),
    internalKubeconfig: join(certificates, 'internal.kubeconfig'),
    ports: join(directory, 'ports.json'),
    owner: join(directory, 'owner.json'),
    podFolder,
    podLogRules: join(podFolder, 'logs.yaml'),
    podLog: join(podFolder, 'current.log'),
    previousPodLog: join(podFolder, 'previous.log'),
    logs: join(directory, 'logs'),
    pids: join(directory, 'pids'),
  };
}

/** The log that a process of the cluster writes, begun anew at each start. */
export function componentLog(files: ClusterFiles, name: ComponentName): string {
  return join(files.logs, `${name}.log`);
}

/** The file that names the process, for the next start to find it if its launcher is killed. */
export function pidFile(files: ClusterFiles, name: ComponentName): string {
  return join(files.pids, `${name}.pid`);
}
