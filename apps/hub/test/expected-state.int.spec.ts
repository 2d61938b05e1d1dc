import { readFileSync } from 'node:fs';
import { type Context, openSession, recordFullState } from '@apollo-deploy/orchestration';
import { admitted, HELLO, joinedSpoke, must } from '@apollo-deploy/orchestration/testing';
import { decodeSpokeFrame, type ReleaseReport } from '@apollo-deploy/protocol';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UlidIds } from '../src/platform/ulid-ids.js';
import { aChart } from '../src/testing/chart-archive.js';
import { TestHub } from '../src/testing/test-hub.js';

const FIXTURES = new URL('../../../libs/protocol/fixtures/v1/spoke/', import.meta.url);

/** The release in a report as it was recorded. */
function recorded(file: string): ReleaseReport {
  const frame = decodeSpokeFrame(readFileSync(new URL(file, FIXTURES), 'utf8'));
  if (!frame.ok || frame.value.t !== 'state.full') throw new Error(`${file} is no full state`);
  const [release] = frame.value.p.releases;
  if (release === undefined) throw new Error(`${file} holds no release`);
  return release;
}

describe('the expected state of an entity', () => {
  let hub: TestHub;
  let tell: (generation: number, release: ReleaseReport) => Promise<void>;
  beforeAll(async () => {
    hub = await TestHub.start();
    await hub.post('/api/v1/environments', { name: 'dev', tier: 'development' });
    await hub.post('/api/v1/products', { name: 'checkout', criticality: 'low' });
    const { store, clock } = hub;
    const context: Context = { store, clock, ids: new UlidIds(), startedAt: new Date(0) };
    await joinedSpoke(context, { spoke: 'dev-1', environment: 'dev' });
    await hub.release({ product: 'checkout', version: '1.4.0' }, await aChart('checkout', '1.4.0'));
    await hub.put('/api/v1/entities/checkout-dev', {
      ...{ spoke: 'dev-1', product: 'checkout', namespace: 'shop' },
      desired: { version: '1.4.0' },
    });
    const session = must(await openSession(context, admitted('dev-1'), HELLO));
    tell = async (generation, release) => {
      must(await recordFullState(context, session, { generation, releases: [release] }));
    };
  });
  afterAll(() => hub.stop());

  const shown = async () => (await hub.get('/api/v1/entities/checkout-dev/expected-state')).body;

  it('shows how a container last ended and the latest warnings, as they were reported', async () => {
    const release = recorded('state.full+events.json');
    await tell(1, release);
    const { events, pods } = await shown();
    expect({ events, pods }).toEqual({ events: release.events, pods: release.pods });
    expect(pods).toMatchObject([{ lastTermination: { reason: 'OOMKilled', exitCode: 137 } }]);
    expect(events).toMatchObject([{ kind: 'Pod', reason: 'BackOff', count: 6 }]);
  });

  it('does not say that nobody warned where the spoke does not tell of events', async () => {
    await tell(2, recorded('state.full.json'));
    expect(await shown()).toMatchObject({ health: 'Degraded', pods: [{ restarts: 6 }] });
    expect(await shown()).not.toHaveProperty('events');
  });
});
