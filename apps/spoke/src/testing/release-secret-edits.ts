import { gunzipSync, gzipSync } from 'node:zlib';
import { PLAN_LABEL } from '@apollo-deploy/helm';
import type { KubeObject } from '@apollo-deploy/kube';

/** The Secret as `helm uninstall --keep-history` leaves it; `foreign`: of a release that Apollo did not make. */
export function uninstalledKeepingHistory(secret: KubeObject, foreign: boolean): KubeObject {
  const payload = payloadOf(secret);
  const info = { ...(payload['info'] as object), status: 'uninstalled' };
  const release = packed({ ...payload, info });
  const { [PLAN_LABEL]: plan = '', ...others } = secret.metadata.labels ?? {};
  const mark = foreign ? {} : { [PLAN_LABEL]: plan };
  const labels = { ...others, ...mark, status: 'uninstalled' };
  return { ...secret, metadata: { ...secret.metadata, labels }, data: { release } };
}

/** The Secret of a rollback as Helm 3 would have made it: its target's number, and no field for it. */
export function rolledBackByHelm3(secret: KubeObject, backTo: number): KubeObject {
  const payload = payloadOf(secret);
  const { rollback_revision: _, ...info } = payload['info'] as Record<string, unknown>;
  const told = { ...info, description: `Rollback to ${backTo}` };
  return { ...secret, data: { release: packed({ ...payload, info: told }) } };
}

/** The Secret without the plan that made it, as if somebody had made it by hand. */
export function disowned(secret: KubeObject): KubeObject {
  const { [PLAN_LABEL]: _, ...labels } = secret.metadata.labels ?? {};
  return { ...secret, metadata: { ...secret.metadata, labels } };
}

/** Base64 of base64 of gzipped JSON, as Helm keeps it. */
function payloadOf(secret: KubeObject): Record<string, unknown> {
  const { release } = secret['data'] as { release: string };
  const zipped = Buffer.from(Buffer.from(release, 'base64').toString(), 'base64');
  return JSON.parse(gunzipSync(zipped).toString()) as Record<string, unknown>;
}

function packed(payload: object): string {
  return Buffer.from(gzipSync(JSON.stringify(payload)).toString('base64')).toString('base64');
}
