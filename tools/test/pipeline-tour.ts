import { expect } from '@jest/globals';
import { eventually } from '@apollo-deploy/local-cluster/testing';
import type { Body, HubClient } from '../../apps/hub/test/support/hub-client.js';

const SERVICE = 'test-service';
const DAY_MS = 24 * 3_600_000;

/** What has come of a step of the tour of the pipeline, by the step; each throws if it has not. */
export type LooksAfter = Readonly<Record<string, () => Promise<unknown>>>;

/** What is looked at in a system after the steps that change it. */
export function looksAtPipeline(hub: HubClient): LooksAfter {
  async function runs(environment: string, version: string): Promise<void> {
    const { reported } = await hub.entity(`${SERVICE}-${environment}`);
    expect(reported).toMatchObject({ version, health: 'Healthy' });
    const path = `/status/${SERVICE}?environment=${environment}`;
    expect(await hub.get(path)).toMatchObject({ status: 'completed', version, environment });
  }

  const newestPlan = async (): Promise<Body> => {
    const path = `/api/v1/plans?entity=${SERVICE}-prod&limit=1`;
    const [plan] = (await hub.list(path)).items;
    return plan ?? {};
  };

  return {
    'Bring 1.1.0 to dev, and wait for its end': () => runs('dev', '1.1.0'),
    'What completed in dev and is healthy there goes on to staging': () => runs('staging', '1.1.0'),
    'To production, where somebody has to agree: after 5 s it says what it waits for': async () => {
      expect(await newestPlan()).toMatchObject({ state: 'BLOCKED', to: { version: '1.1.0' } });
    },
    'Agree to exactly that as sre-1, and follow it until its end': async () => {
      await runs('prod', '1.1.0');
      expect(await newestPlan()).toMatchObject({
        ...{ state: 'SUCCEEDED', to: { version: '1.1.0' } },
        approval: { approvals: [{ by: 'sre-1', roles: ['sre'] }] },
      });
    },
    '1.2.0 still comes to dev': () => runs('dev', '1.2.0'),
    'But no further: the freeze holds its promotion, and says until when': async () => {
      const plan = await newestPlan();
      expect(plan).toMatchObject({ state: 'BLOCKED', to: { version: '1.2.0' } });
      const freeze = expect.objectContaining({ code: 'suppression_window' });
      expect(plan['violations']).toEqual(expect.arrayContaining([freeze]));
      const violations = plan['violations'] as readonly Body[];
      const until = violations.find(({ code }) => code === 'suppression_window')?.['recheckAt'];
      const weekAway = Date.parse(String(until)) - Date.now();
      expect(weekAway).toBeGreaterThan(6.9 * DAY_MS);
      expect(weekAway).toBeLessThan(7 * DAY_MS);
      const { reported } = await hub.entity(`${SERVICE}-prod`);
      expect(reported).toMatchObject({ version: '1.1.0' });
    },
    'A hotfix goes past both, for a reason: as sre-1, without a version the newest that completed below':
      () => runs('prod', '1.2.0'),
    'It was worse: back to what completed before, which is held there. No freeze keeps anybody from that':
      async () => {
        await runs('prod', '1.1.0');
        expect(await hub.entity(`${SERVICE}-prod`)).toMatchObject({ status: 'held' });
      },
    'Lift the freeze': async () => {
      await eventually('no freeze', async () => {
        const { items } = await hub.list<{ readonly reason?: string }>(
          '/api/v1/constraints?kind=suppression_window',
        );
        return items.every(({ reason }) => reason !== 'Black Friday') || undefined;
      });
    },
  };
}
