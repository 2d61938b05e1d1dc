import type { ReleaseReport, SpokePayload } from '@apollo-deploy/protocol';
import type { Delivery } from '../hub-link/outbox.js';
import type { Sight } from './release-secrets.js';
import { reportParts } from './report-parts.js';

/** The way to the hub. */
export interface StateOutlet {
  full(message: SpokePayload<'state.full'>): Promise<Delivery>;
  delta(message: SpokePayload<'state.delta'>): Promise<Delivery>;
  /** Forgets all messages about state that the hub has not acknowledged. */
  discard(): void;
}

export interface StateReporterOptions {
  /** All reports, as of now. */
  readonly reports: () => Promise<readonly ReleaseReport[]>;
  /** Where releases are seen; null: everywhere. */
  readonly sight: () => Sight | null;
  readonly outlet: StateOutlet;
  /** Generations rise from here; later processes have to start higher. */
  readonly firstGeneration: number;
}

/**
 * Keeps the hub's picture of the cluster complete: everything at the start of a session and whenever
 * the hub asks, then only what changed. What changes while the hub has not yet acknowledged the last
 * message is told once, as it is then.
 */
export class StateReporter {
  private readonly changed = new Map<string, ReleaseReport | null>();
  private wantsAll = false;
  private sending = false;
  private newest: number;

  constructor(private readonly options: StateReporterOptions) {
    this.newest = options.firstGeneration;
  }

  /** Number of the newest state that was sent. */
  get generation(): number {
    return this.newest;
  }

  /** A session began, or the hub missed something. */
  reportAll(): void {
    this.wantsAll = true;
    this.options.outlet.discard();
    void this.send();
  }

  /** Releases are seen in other namespaces than before: what is not reported means something else. */
  sightChanged(): void {
    if (this.newest > this.options.firstGeneration) this.reportAll();
  }

  /** By key `namespace/name`; null where a release is gone. */
  report(changed: ReadonlyMap<string, ReleaseReport | null>): void {
    for (const [key, report] of changed) this.changed.set(key, report);
    void this.send();
  }

  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    for (;;) {
      if (this.wantsAll) await this.sendAll();
      // Before the first full report there is nothing that a change could be a change of.
      else if (this.changed.size > 0 && this.newest > this.options.firstGeneration) {
        await this.sendChanges();
      } else break;
    }
    this.sending = false;
  }

  private async sendAll(): Promise<void> {
    this.wantsAll = false;
    const before = this.options.sight();
    const reports = await this.options.reports();
    const sight = this.options.sight();
    // What came into sight meanwhile may be missing from these reports, and would be taken for absent.
    if (JSON.stringify(sight) !== JSON.stringify(before)) {
      this.wantsAll = true;
      return;
    }
    this.changed.clear();
    const parts = reportParts(reports);
    this.newest += 1;
    await Promise.all(
      parts.map((releases, index) =>
        this.options.outlet.full({
          generation: this.newest,
          part: index + 1,
          parts: parts.length,
          releases: [...releases],
          ...(sight !== null && index === 0 && { sight: said(sight) }),
        }),
      ),
    );
  }

  private async sendChanges(): Promise<void> {
    const entries = [...this.changed];
    this.changed.clear();
    const removed = entries.flatMap(([key, report]) => (report === null ? [releaseOf(key)] : []));
    const reports = entries.flatMap(([, report]) => (report === null ? [] : [report]));
    const parts = reportParts(reports);
    await Promise.all(
      parts.map((changed, index) => {
        this.newest += 1;
        return this.options.outlet.delta({
          generation: this.newest,
          changed: [...changed],
          removed: index === 0 ? removed : [],
        });
      }),
    );
  }
}

function said({ seen, unseen }: Sight): NonNullable<SpokePayload<'state.full'>['sight']> {
  return { seen: [...seen], unseen: [...unseen] };
}

function releaseOf(key: string): { namespace: string; releaseName: string } {
  const [namespace = '', releaseName = ''] = key.split('/');
  return { namespace, releaseName };
}
