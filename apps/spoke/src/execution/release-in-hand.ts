import { observeRelease, type ReleaseRecord, type ReleaseState } from '@apollo-deploy/helm';
import { type OfferedContent, offeredContentKey, type PlanVerdict } from '@apollo-deploy/protocol';
import type { LedgerClaim, LedgerEntry, LedgerVerdict, ReleaseRef } from './ledger-entry.js';
import { seenBy } from './plan-facts.js';
import { recordVerdict } from './record-verdict.js';
import { hideRecordedValues } from './recorded-values.js';
import type { ExecutionCollaborators, RunControl } from './run-control.js';

/** A verdict that was found, and is to be written down. */
export interface FoundVerdict {
  readonly verdict: PlanVerdict;
  /** The entry as this process last read or wrote it. */
  readonly known: LedgerEntry;
  /** In whose hands the release was when the verdict was found; null for nobody's. */
  readonly holder: string | null;
  /** The head as the plan left it. */
  readonly left: ReleaseRecord | null;
}

/** The release that a plan is for: what its ledger and the cluster say of it, and how it is told of an end. */
export class ReleaseInHand {
  constructor(
    private readonly tools: Pick<ExecutionCollaborators, 'kube' | 'reader' | 'ledger' | 'clock'>,
    private readonly release: ReleaseRef,
    private readonly redact: RunControl['redact'],
  ) {}

  /** For people. */
  get name(): string {
    return `${this.release.releaseName} in ${this.release.namespace}`;
  }

  /** What its ledger says. */
  entry(): Promise<LedgerEntry> {
    return this.tools.ledger.read(this.release);
  }

  /** As a plan with this content sees it. */
  async observe(content: OfferedContent): Promise<ReleaseState> {
    const { namespace, releaseName } = this.release;
    const { kube, reader } = this.tools;
    const state = await observeRelease(kube, { release: releaseName, namespace }, reader);
    await hideRecordedValues(this.redact, reader, content, state);
    return seenBy(content, state);
  }

  /** Ends a plan for good; see `recordVerdict` for what comes of that. */
  record(
    { planId, attempt, content }: Pick<LedgerClaim, 'planId' | 'attempt' | 'content'>,
    { verdict, known, holder, left }: FoundVerdict,
  ): Promise<LedgerVerdict | null> {
    const ended = {
      ...{ planId, attempt, at: this.tools.clock.now().toISOString() },
      verdict: this.redact.verdict(verdict),
      contentKey: offeredContentKey(content),
      ...(left !== null && { head: asLeft(left) }),
    };
    return recordVerdict(this.tools.ledger, this.release, ended, holder, known);
  }
}

/** What a later plan knows the head by, for as long as nobody writes to it. */
function asLeft({ secretUid, status, resourceVersion }: ReleaseRecord): LedgerVerdict['head'] & {} {
  return { secretUid, status, resourceVersion };
}
