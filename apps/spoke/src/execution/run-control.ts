import type { ReleaseReader } from '@apollo-deploy/helm';
import type { KubeApi, Timer } from '@apollo-deploy/kube';
import type { SpokePayload } from '@apollo-deploy/protocol';
import type { Logger } from 'pino';
import type { Clock } from '../clock.js';
import type { Deployers } from '../deployers/deployer.js';
import type { LiveObjects } from '../state/live-objects.js';
import type { HealthRules } from '../health-rules/read-health-rules.js';
import type { PolicyFile } from '../policy/policy-file.js';
import type { ChartFetcher } from './chart-fetcher.js';
import type { Self } from './judge-holder.js';
import type { LedgerVerdict } from './ledger-entry.js';
import type { Ledger } from './ledger.js';
import type { Limit } from './limit.js';
import type { Redactor } from './redact-values.js';
import type { ProcessTable } from './process-table.js';

/** Everything that carrying out a plan reaches the world by. */
export interface ExecutionCollaborators {
  /** What it looks by. */
  readonly kube: KubeApi;
  readonly ledger: Ledger;
  /** Waited for before a plan is written where a ledger should be and is none; absent: nobody asks. */
  readonly missLedger?: () => Promise<void>;
  readonly reader: ReleaseReader;
  /** What it acts by. */
  readonly deployers: Deployers;
  readonly charts: Pick<ChartFetcher, 'fetch'>;
  readonly live: LiveObjects;
  readonly healthRules: HealthRules;
  readonly processes: ProcessTable;
  /** What the owner of the cluster allows; absent: everything. */
  readonly policy?: PolicyFile;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly self: Self;
  /** How many releases are prepared or changed at a time. */
  readonly limit: Limit;
  readonly log: Logger;
}

/** What a run is told from outside, and tells. */
export interface RunControl {
  /** Finish nothing that has not begun; what Helm has begun is finished. */
  readonly stopping: AbortSignal;
  /** Takes the values of the plan and of its release out of what is said about it. */
  readonly redact: Redactor;
  /** Under which name the hub admitted this spoke, and in which session. */
  readonly session: {
    readonly spoke: string;
    readonly epoch: number;
    /** How far this spoke's clock is ahead of the hub's, in milliseconds; negative: behind. */
    readonly aheadMs: number;
  };
  /** Why the plan shall not be begun; null as long as it may. */
  readonly cancelReason: () => string | null;
  /** Why the offer counts as expired, whatever it says itself; null as long as it does not. */
  readonly lapsed: () => string | null;
  readonly onAccepted: (claimedAt: string) => void;
  readonly onProgress: (phase: SpokePayload<'plan.progress'>['phase'], message: string) => void;
  /** The verdict is found, and about to be written down. */
  readonly onFound: () => void;
  /** It cannot go on just now. */
  readonly onWaiting: (why: string) => void;
  /** What it was told last to wait for; null if it went on since, or never waited. */
  readonly waitedFor: () => string | null;
  /** Another plan of the release, left behind by a dead process, got its verdict. */
  readonly onOtherEnded: (verdict: LedgerVerdict) => void;
}
