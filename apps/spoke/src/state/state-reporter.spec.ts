import type { ReleaseReport, SpokePayload } from '@apollo-deploy/protocol';
import { describe, expect, it } from '@jest/globals';
import type { Delivery } from '../hub-link/outbox.js';
import { Events } from '../testing/events.js';
import type { Sight } from './release-secrets.js';
import { StateReporter } from './state-reporter.js';

interface Sent {
  readonly type: 'full' | 'delta';
  readonly message: Partial<SpokePayload<'state.full'> & SpokePayload<'state.delta'>>;
  readonly settle: (delivery: Delivery) => void;
}

const report = (releaseName: string, message = ''): ReleaseReport => ({
  ...{ namespace: 'shop', releaseName, health: 'Healthy', message, observedAt: '' },
  ...{ objects: [], pods: [], drift: [] },
  head: {
    ...{ revision: 1, status: 'deployed', chartName: 'web', chartVersion: '1.0.0' },
    ...{ valuesDigest: '', manifestDigest: '', secretUid: '', releaseDigest: '' },
  },
});

function scene(reports: readonly ReleaseReport[] = [report('web')]) {
  const sent = new Events<Sent>();
  let waiting: Sent[] = [];
  const send = (type: Sent['type']) => (message: Sent['message']) =>
    new Promise<Delivery>((settle) => {
      const letter = { type, message, settle };
      waiting.push(letter);
      sent.push(letter);
    });
  let sight: Sight | null = null;
  const reporter = new StateReporter({
    reports: () => Promise.resolve(reports),
    sight: () => sight,
    outlet: {
      full: send('full'),
      delta: send('delta'),
      discard: () => {
        for (const { settle } of waiting) settle('replaced');
        waiting = [];
      },
    },
    firstGeneration: 100,
  });
  const look = (at: Sight): void => {
    sight = at;
    reporter.sightChanged();
  };
  return { reporter, sent, look };
}

describe('reports of the state', () => {
  it('begin with everything and go on with what changed, numbered without a gap', async () => {
    const { reporter, sent } = scene();
    reporter.reportAll();
    const full = await sent.next();
    expect(full).toMatchObject({
      ...{ type: 'full', message: { generation: 101, part: 1, parts: 1 } },
    });
    full.settle('acknowledged');
    reporter.report(new Map([['shop/web', report('web', 'changed')]]));
    const delta = await sent.next();
    expect(delta).toMatchObject({
      type: 'delta',
      message: { generation: 102, changed: [{ message: 'changed' }], removed: [] },
    });
    expect(reporter.generation).toBe(102);
  });

  it('say once what changed several times before the hub had taken the last one', async () => {
    const { reporter, sent } = scene();
    reporter.reportAll();
    const full = await sent.next();
    reporter.report(new Map([['shop/web', report('web', 'one')]]));
    reporter.report(new Map([['shop/web', report('web', 'two')]]));
    reporter.report(new Map([['shop/api', null]]));
    full.settle('acknowledged');
    expect((await sent.next()).message).toMatchObject({
      changed: [{ message: 'two' }],
      removed: [{ namespace: 'shop', releaseName: 'api' }],
    });
  });

  it('say nothing of a change before there was a full report', async () => {
    const { reporter, sent } = scene();
    reporter.report(new Map([['shop/web', report('web', 'early')]]));
    reporter.reportAll();
    expect(await sent.next()).toMatchObject({ type: 'full' });
  });

  it('are told in full, and what they are of, when other namespaces came into sight', async () => {
    const { reporter, sent, look } = scene();
    look({ seen: ['shop'], unseen: [] });
    reporter.reportAll();
    const first = await sent.next();
    expect(first).toMatchObject({ type: 'full', message: { sight: { seen: ['shop'] } } });
    first.settle('acknowledged');
    look({ seen: ['shop', 'back'], unseen: ['front'] });
    expect((await sent.next()).message).toMatchObject({
      ...{ generation: 102, releases: [{ releaseName: 'web' }] },
      sight: { seen: ['shop', 'back'], unseen: ['front'] },
    });
  });

  it('are not sent as collected while something came into sight, but collected again', async () => {
    const { reporter, sent, look } = scene();
    reporter.reportAll();
    look({ seen: ['shop'], unseen: ['front'] });
    expect((await sent.next()).message).toMatchObject({
      ...{ generation: 101, sight: { seen: ['shop'], unseen: ['front'] } },
    });
  });

  it('begin anew with a new session, and drop what the last one had not taken', async () => {
    const { reporter, sent } = scene();
    reporter.reportAll();
    await sent.next();
    reporter.report(new Map([['shop/web', report('web', 'lost')]]));
    reporter.reportAll();
    expect(await sent.next()).toMatchObject({ type: 'full', message: { generation: 102 } });
  });
});
