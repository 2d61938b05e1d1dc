import {
  headOf,
  underlyingState,
  type ReleaseRevision,
  type ReleaseState,
} from '@apollo-deploy/helm';
import { releaseDigest, type PlanOffer } from '@apollo-deploy/protocol';
import type { PlanType } from './kill-loop-steps.js';
import { anOffer } from './plan-offers.js';

const FAR_AWAY = '2100-01-01T00:00:00Z';
export const RELEASE = 'web';

/** What somebody has seen a revision to hold. */
interface Content {
  readonly version: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Thinks out one plan after the other for a release, each for the release as it stands. */
export class KillPlans {
  private made = 0;
  /** By UID of the revision's Secret. */
  private readonly contents = new Map<string, Content>();

  /** `charts`: SHA-256 by version. */
  constructor(
    private readonly charts: ReadonlyMap<string, string>,
    private readonly namespace: string,
    private readonly random: () => number,
    /** How much is still to be seen of plans of a type. */
    private readonly owed: (type: PlanType) => number,
  ) {}

  next(state: ReleaseState): PlanOffer {
    this.made += 1;
    const head = headOf(state);
    const target = this.pick(this.goodBefore(state));
    const type = this.typeFor(state, target !== undefined);
    const inEffect = type === 'config_update' ? head?.chartVersion : undefined;
    const fresh = {
      version: inEffect ?? this.pick([...this.charts.keys()]) ?? '',
      values: { text: `${this.made}` },
    };
    const { version, values } = type === 'rollback' && target !== undefined ? target : fresh;
    return anOffer({
      ...{ planId: `plan-${this.made}`, type, values },
      base: head && { revision: head.revision, releaseDigest: releaseDigest(head) },
      chart: { name: 'web', version, sha256: this.charts.get(version) ?? '' },
      ...{ namespace: this.namespace, release: RELEASE, expiresAt: FAR_AWAY },
      rolloutTimeoutSeconds: 60,
    });
  }

  /** Remembers what a plan that succeeded left at the head. */
  remember({ content, values }: PlanOffer, after: ReleaseState): void {
    const head = headOf(after);
    if (head === null || content.chart === null) return;
    this.contents.set(head.secretUid, {
      version: content.chart.version,
      values: values as Content['values'],
    });
  }

  private typeFor(state: ReleaseState, mayGoBack: boolean): PlanType {
    const worked = (underlyingState(state)?.history ?? []).some(isGood);
    // Somebody's removal, of which only it is known that it was begun.
    if (state.kind === 'locked') return 'uninstall';
    if (headOf(state) === null || !worked) return 'install';
    const back = mayGoBack ? (['rollback'] as const) : [];
    // New values go with the chart in effect, which a failed head does not tell.
    const values = state.kind === 'deployed' ? (['config_update'] as const) : [];
    const types = ['upgrade', 'uninstall', ...back, ...values] as const;
    return this.pick(types.flatMap((type) => this.weighted(type))) ?? 'upgrade';
  }

  /** An installation needs a removal first. */
  private weighted(type: PlanType): readonly PlanType[] {
    const owed = this.owed(type) + (type === 'uninstall' ? this.owed('install') : 0);
    return Array.from({ length: owed + 1 }, () => type);
  }

  private goodBefore(state: ReleaseState): readonly Content[] {
    const history = underlyingState(state)?.history ?? [];
    return history
      .slice(0, -1)
      .filter(isGood)
      .flatMap(({ secretUid }) => this.contents.get(secretUid) ?? []);
  }

  private pick<T>(choices: readonly T[]): T | undefined {
    return choices[Math.floor(this.random() * choices.length)];
  }
}

function isGood({ status }: ReleaseRevision): boolean {
  return status === 'superseded' || status === 'deployed';
}
