/** The versions a local cluster is made of; `go/go.mod` requires the same ones (a test holds it to that). */
export const KUBERNETES_VERSION = '1.36.3';
export const HELM_VERSION = '4.3.1';
/** The other major version that Apollo works with; for tests. */
export const HELM_3_VERSION = '3.21.4';
export const KWOK_VERSION = '0.8.0';

/** The oldest Go that compiles these versions. */
export const GO_TO_COMPILE = '1.26';
/** The oldest Go that fetches the toolchain it needs by itself. */
export const GO_TO_FETCH_TOOLCHAIN = '1.21';
