export type { Binaries } from './binary-cache.js';
export { GoBuildError, type OnProgress } from './go-build.js';
export type { GoRefusal } from './go-toolchain.js';
export { LocalCluster, type LocalClusterOptions } from './local-cluster.js';
export { LocalClusterError } from './local-cluster-error.js';
export { NoFreePort } from './ports.js';
export { prepareBinaries, type PrepareOptions } from './prepare-binaries.js';
export { startTestCluster, type TestCluster } from './test-cluster.js';
export { HELM_3_VERSION, HELM_VERSION, KUBERNETES_VERSION, KWOK_VERSION } from './versions.js';
