import type { PlanVerdict, ReleaseReport, SpokePayload } from '@apollo-deploy/protocol';
import { describe, expect, it } from '@jest/globals';
import { StateReporter } from '../state/state-reporter.js';
import { Outbox, type Outgoing } from './outbox.js';

const DONE: PlanVerdict = { verdict: 'succeeded', message: 'done', evidence: {} };
const RELEASES = 20;

/** A spoke's outbox and what fills it, as the agent puts them together. */
class Away {
  readonly outbox = new Outbox();
  /** The observed state of each release: counts up with each change. */
  private readonly revisions = new Map<string, number>();
  private ids = 0;
  private readonly reporter = new StateReporter({
    firstGeneration: 0,
    sight: () => null,
    reports: () =>
      Promise.resolve([...this.revisions].map(([name, at]) => aReleaseReport(name, at))),
    outlet: {
      full: (p) => this.post('state.full', p, `state ${p.generation} part ${p.part}`),
      delta: (p) => this.post('state.delta', p, `state ${p.generation}`),
      discard: () => {
        this.outbox.discardTypes(['state.full', 'state.delta']);
      },
    },
  });

  /** A session begins: everything is told that the hub then takes. */
  async session(): Promise<readonly Outgoing[]> {
    this.outbox.reopen();
    this.reporter.reportAll();
    await quiet();
    const told: Outgoing[] = [];
    for (let next = this.outbox.take(); next.length > 0; next = this.outbox.take()) {
      told.push(...next);
      for (const { id } of next) this.outbox.acknowledge(id);
      await quiet();
    }
    return told;
  }

  async change(name: string): Promise<void> {
    const revision = (this.revisions.get(name) ?? 0) + 1;
    this.revisions.set(name, revision);
    this.reporter.report(new Map([[`shop/${name}`, aReleaseReport(name, revision)]]));
    await quiet();
  }

  verdict(planId: string): void {
    const result = { planId, attempt: 1, at: '2026-03-02T12:00:00.000Z', result: DONE };
    void this.post('plan.result', result, `result ${planId}`);
  }

  private post<T extends 'state.full' | 'state.delta' | 'plan.result'>(
    type: T,
    payload: SpokePayload<T>,
    key: string,
  ) {
    this.ids += 1;
    return this.outbox.add({ id: `m-${String(this.ids)}`, type, payload }, key);
  }
}

/** Only its revision tells one state of it from another. */
function aReleaseReport(releaseName: string, revision: number): ReleaseReport {
  const head = { revision, status: 'deployed', chartName: releaseName, chartVersion: '1.0.0' };
  return { namespace: 'shop', releaseName, head } as unknown as ReleaseReport;
}

async function quiet(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

describe('a spoke that is away for days', () => {
  it('keeps every verdict and the newest state alone, and tells both when it is back', async () => {
    const away = new Away();
    await away.session();
    const plans = Array.from({ length: 300 }, (_, index) => `plan-${String(index)}`);
    for (const [index, planId] of plans.entries()) {
      for (let copy = 0; copy < 10; copy += 1) await away.change(`web-${String(index % RELEASES)}`);
      away.verdict(planId);
    }
    // All verdicts, and the one change that was on its way; the others wait to be told as they are then.
    expect(away.outbox.size).toBe(plans.length + 1);

    const told = await away.session();
    const results = told.filter((one) => one.type === 'plan.result');
    expect(results.map(({ payload }) => (payload as SpokePayload<'plan.result'>).planId)).toEqual(
      plans,
    );
    const states = told.filter((one) => one.type !== 'plan.result');
    expect(states.map(({ type }) => type)).toEqual(['state.full']);
    const { releases } = states[0]?.payload as SpokePayload<'state.full'>;
    expect(releases.map(({ head }) => head.revision)).toEqual(
      Array.from({ length: RELEASES }, () => 150),
    );
    expect(away.outbox.size).toBe(0);
  });
});
