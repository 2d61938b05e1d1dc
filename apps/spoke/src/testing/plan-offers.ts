import { jsonDigest, type Json } from '@apollo-deploy/kernel';
import type { OfferedContent, PlanOffer } from '@apollo-deploy/protocol';

export interface OfferSketch {
  readonly planId?: string;
  readonly type?: OfferedContent['type'];
  readonly release?: string;
  readonly namespace?: string;
  readonly spoke?: string;
  readonly base?: OfferedContent['base'];
  /** Without a digest it is the one by which the bench in memory finds charts. */
  readonly chart?: { readonly name: string; readonly version: string; readonly sha256?: string };
  readonly values?: Record<string, Json>;
  readonly expiresAt?: string;
  readonly rolloutTimeoutSeconds?: number;
}

const WEB = { name: 'web', version: '1.0.0' };

/** An offer whose digests are right: the install of `web 1.0.0` on spoke `dev`, but for the sketch. */
export function anOffer(sketch: OfferSketch = {}): PlanOffer {
  const { type = 'install', values = {}, release = 'web', namespace = 'shop' } = sketch;
  const removes = type === 'uninstall';
  const { name, version, sha256 } = { sha256: undefined, ...(sketch.chart ?? WEB) };
  const content: OfferedContent = {
    entity: release,
    spoke: sketch.spoke ?? 'dev',
    namespace,
    releaseName: release,
    type,
    base: sketch.base ?? null,
    chart: removes ? null : { name, version, sha256: sha256 ?? jsonDigest({ name, version }) },
    valuesDigest: removes ? null : jsonDigest(values),
    strategy: 'rolling',
    rolloutTimeoutSeconds: sketch.rolloutTimeoutSeconds ?? 300,
  };
  return {
    planId: sketch.planId ?? 'plan-1',
    attempt: 1,
    content,
    digest: jsonDigest(content),
    values,
    expiresAt: sketch.expiresAt ?? '2026-03-02T12:02:00.000Z',
  };
}
