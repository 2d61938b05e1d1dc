/** Whom to talk to as whom. */
export interface Access {
  readonly cluster: string;
  readonly apiUrl: string;
  readonly token: string;
  /** PEM. Without it the server's certificate is not checked: for the loopback only. */
  readonly certificateAuthority?: string;
}

/** A kubeconfig file, in JSON (which is YAML too, and needs no library to read back). */
export function kubeconfigText(access: Access): string {
  const name = `apollo-${access.cluster}`;
  const trust =
    access.certificateAuthority === undefined
      ? { 'insecure-skip-tls-verify': true }
      : { 'certificate-authority-data': toBase64(access.certificateAuthority) };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: access.apiUrl, ...trust } }],
    users: [{ name, user: { token: access.token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Reads back what `kubeconfigText` wrote. Throws a `TypeError` for a kubeconfig of another make. */
export function readKubeconfig(text: string): Access {
  const config = JSON.parse(text) as {
    clusters?: readonly { name: string; cluster: Readonly<Record<string, unknown>> }[];
    users?: readonly { user: Readonly<Record<string, unknown>> }[];
  };
  const cluster = config.clusters?.[0];
  const apiUrl = cluster?.cluster['server'];
  const authority = cluster?.cluster['certificate-authority-data'];
  const token = config.users?.[0]?.user['token'];
  if (cluster === undefined || typeof apiUrl !== 'string' || typeof token !== 'string') {
    throw new TypeError('not the kubeconfig of a local cluster: server or token is missing');
  }
  const access = { cluster: cluster.name.replace(/^apollo-/, ''), apiUrl, token };
  if (typeof authority !== 'string') return access;
  return { ...access, certificateAuthority: Buffer.from(authority, 'base64').toString() };
}
