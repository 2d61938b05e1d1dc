import type { KubeRefusal } from '@apollo-deploy/kube';

const LACKING =
  /cannot (\S+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?/;

/** What to do about a missing right, to follow the API server's message; empty for any other refusal. */
export function rightsCure({ code, message }: Pick<KubeRefusal, 'code' | 'message'>): string {
  const lacking = code === 'kube/forbidden' ? LACKING.exec(message) : null;
  if (lacking === null) return '';
  const [, verb = '', plural = '', group = '', namespace] = lacking;
  const kind = group === '' ? plural : `${plural}.${group}`;
  const where = namespace === undefined ? 'of the cluster' : `in ${namespace}`;
  return `; give the spoke's account the right to ${verb} ${kind} ${where}`;
}
