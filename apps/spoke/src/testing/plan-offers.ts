import { jsonDigest, type Json } from '@apollo-deploy/kernel';
import type { CoveringPlan, OfferedContent, PlanOffer } from '@apollo-deploy/protocol';

type RollbackTarget = NonNullable<OfferedContent['rollbackTarget']>;

interface Chart {
  readonly name: string;
  readonly version: string;
  readonly sha256?: string;
}

export interface OfferSketch {
  readonly planId?: string;
  readonly type?: OfferedContent['type'];
  readonly release?: string;
  readonly namespace?: string;
  readonly spoke?: string;
  readonly base?: OfferedContent['base'];
  /** Without a digest it is the one by which the bench in memory finds charts. */
  readonly chart?: Chart;
  readonly values?: Record<string, Json>;
  readonly expiresAt?: string;
  readonly rolloutTimeoutSeconds?: number;
  /** The offer that this one would be taken back to. */
  readonly takenBackTo?: PlanOffer;
  readonly adopt?: true;
  readonly fieldConflicts?: 'refuse';
}

const DEFAULTS = {
  ...{ planId: 'plan-1', type: 'install', release: 'web', namespace: 'shop', spoke: 'dev' },
  ...{ base: null, chart: { name: 'web', version: '1.0.0' }, values: {} },
  ...{ expiresAt: '2026-03-02T12:02:00.000Z', rolloutTimeoutSeconds: 300 },
} as const satisfies OfferSketch;

/** An offer whose digests are right: the install of `web 1.0.0` on spoke `dev`, but for the sketch. */
export function anOffer(sketch: OfferSketch = {}): PlanOffer {
  const { planId, type, release, values, expiresAt, ...rest } = { ...DEFAULTS, ...sketch };
  const { name, version, sha256 = jsonDigest({ name, version }) }: Chart = rest.chart;
  const removes = type === 'uninstall';
  const content: OfferedContent = {
    ...{ entity: release, spoke: rest.spoke, namespace: rest.namespace, releaseName: release },
    ...{ type, base: rest.base, strategy: 'rolling' },
    chart: removes ? null : { name, version, sha256 },
    valuesDigest: removes ? null : jsonDigest(values),
    rolloutTimeoutSeconds: rest.rolloutTimeoutSeconds,
  };
  if (rest.adopt === true) content.adopt = true;
  if (rest.fieldConflicts !== undefined) content.fieldConflicts = rest.fieldConflicts;
  if (rest.takenBackTo !== undefined) content.rollbackTarget = targetOf(rest.takenBackTo);
  return { planId, attempt: 1, content, digest: jsonDigest(content), values, expiresAt };
}

function targetOf({ content: { chart, valuesDigest } }: PlanOffer): RollbackTarget {
  if (chart === null || valuesDigest === null) throw new Error('it brings nothing');
  return { version: chart.version, chartSha256: chart.sha256, valuesDigest };
}

/** An offer as another one names it that its approval covers. */
export function asCover({ planId, content, digest }: PlanOffer): CoveringPlan {
  return { planId, content, digest };
}
