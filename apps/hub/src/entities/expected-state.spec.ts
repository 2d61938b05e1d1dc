import { CountingIds, InMemoryStore, VirtualClock } from '@apollo-deploy/orchestration';
import { anEntity, aSpoke } from '@apollo-deploy/orchestration/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Refused } from '../http/refused.js';
import { readExpectedState } from './expected-state.js';

const AT = '2026-03-01T12:00:00.000Z';
const HEAD = {
  revision: 3,
  status: 'deployed',
  chartName: 'shop',
  chartVersion: '1.4.2',
  valuesDigest: 'v',
  manifestDigest: 'm',
  secretUid: 'u',
  releaseDigest: 'r',
};
const REPORT = {
  namespace: 'shop',
  releaseName: 'shop',
  head: HEAD,
  health: 'Degraded',
  reason: 'CrashLoopBackOff',
  message: 'pod shop-1 is in CrashLoopBackOff',
  objects: [{ kind: 'Deployment', namespace: 'shop', name: 'shop', health: 'Degraded' }],
  pods: [
    {
      name: 'shop-1',
      phase: 'Running',
      ready: false,
      restarts: 4,
      requests: { cpu: '1' },
      limits: {},
      lastTermination: { container: 'main', reason: 'OOMKilled', exitCode: 137 },
    },
  ],
  drift: [],
  events: [
    {
      ...{ kind: 'Pod', namespace: 'shop', name: 'shop-1', reason: 'BackOff' },
      ...{ message: 'Back-off restarting', count: 3, lastAt: '2026-03-01T11:59:50.000Z' },
    },
  ],
  observedAt: '2026-03-01T11:59:58.000Z',
};

describe('the expected state of an entity', () => {
  const clock = new VirtualClock(new Date(AT));
  let context: { store: InMemoryStore; clock: VirtualClock; ids: CountingIds; startedAt: Date };
  beforeEach(() => {
    context = { store: new InMemoryStore(), clock, ids: new CountingIds(), startedAt: new Date(0) };
  });

  async function stored(spoke: { stateAt?: string }, report?: object): Promise<void> {
    const names = { spoke: 'spoke-a', namespace: 'shop', releaseName: 'shop' };
    await context.store.transact(async (unit) => {
      await unit.spokes.insert(aSpoke({ connected: true, lastSeenAt: AT, ...spoke }));
      await unit.entities.insert(anEntity({ name: 'shop-dev', ...names }));
      if (report === undefined) return;
      await unit.releaseStates.put([{ ...names, digest: 'd', report: { ...report } }]);
    });
  }

  it('is what the spoke last saw', async () => {
    await stored({ stateAt: AT }, REPORT);

    const { namespace, releaseName, head, ...seen } = REPORT;
    expect(await readExpectedState(context, 'shop-dev')).toEqual({
      release: { namespace, name: releaseName, ...head },
      ...seen,
      at: AT,
      stale: false,
    });
  });

  it('is empty where the spoke has looked and found nothing', async () => {
    await stored({ stateAt: AT });

    expect(await readExpectedState(context, 'shop-dev')).toEqual({
      release: null,
      objects: [],
      pods: [],
      drift: [],
      at: AT,
      stale: false,
    });
  });

  it('is refused where the spoke has not looked yet', async () => {
    await stored({});

    const reading = readExpectedState(context, 'shop-dev');
    await expect(reading).rejects.toBeInstanceOf(Refused);
    await expect(reading).rejects.toMatchObject({ code: 'http/no_report' });
  });

  it('is never made up from a report that does not follow the protocol', async () => {
    await stored({ stateAt: AT }, { ...REPORT, health: 'Fine' });

    await expect(readExpectedState(context, 'shop-dev')).rejects.toMatchObject({
      name: 'InvariantViolation',
    });
  });
});
