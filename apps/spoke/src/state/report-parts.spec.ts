import type { ReleaseReport } from '@apollo-deploy/protocol';
import { describe, expect, it } from '@jest/globals';
import { fitted, reportParts } from './report-parts.js';

function report(releaseName: string, pods: number, messageLength = 0): ReleaseReport {
  return {
    ...{ namespace: 'shop', releaseName, health: 'Healthy', objects: [], drift: [] },
    observedAt: '',
    head: {
      ...{ revision: 1, status: 'deployed', chartName: 'web', chartVersion: '1.0.0' },
      ...{ valuesDigest: '', manifestDigest: '', secretUid: '', releaseDigest: '' },
    },
    pods: Array.from({ length: pods }, (_, index) => ({
      ...{ name: `pod-${index}`, phase: 'Running', ready: index > 2, restarts: 0 },
      ...{ requests: {}, limits: {}, message: 'x'.repeat(messageLength) },
    })),
  };
}
const bytes = (reports: readonly ReleaseReport[]) => Buffer.byteLength(JSON.stringify(reports));

describe('a full report', () => {
  it('of nothing is one empty part', () => {
    expect(reportParts([])).toEqual([[]]);
  });

  it('of little is one part, in order', () => {
    const reports = [report('a', 1), report('b', 2)];
    expect(reportParts(reports)).toEqual([reports]);
  });

  it('of much is cut between releases, each part well below a frame', () => {
    const reports = Array.from({ length: 12 }, (_, index) => report(`r${index}`, 50, 2000));
    const parts = reportParts(reports);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.flat()).toEqual(reports);
    for (const part of parts) expect(bytes(part)).toBeLessThan(512 * 1024);
  });

  it('of a release too large for a frame leaves healthy pods out first', () => {
    const [part] = reportParts([report('huge', 2000, 2000)]);
    expect(bytes(part ?? [])).toBeLessThan(512 * 1024);
    expect(part?.[0]?.pods.filter(({ ready }) => !ready)).toHaveLength(3);
  });
});

describe('a report too large for a frame', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => index);
  const message = 'x'.repeat(2048);
  const objects = (count: number): ReleaseReport['objects'] =>
    many(count).map((index) => ({
      ...{ kind: 'ConfigMap', name: `object-${index}`, message },
      health: index === 5 ? 'Degraded' : 'Healthy',
    }));
  const drift = (count: number): ReleaseReport['drift'] =>
    many(count).map((index) => ({ kind: 'ConfigMap', name: `object-${index}`, message }));

  it('of little is left as it is', () => {
    const little = report('web', 10);
    expect(fitted(little)).toBe(little);
  });

  it('loses drift where that is most of it, and stays drifted', () => {
    const cut = fitted({ ...report('web', 10), drift: drift(500) });
    expect(bytes([cut])).toBeLessThan(512 * 1024);
    expect(cut).toMatchObject({ pods: { length: 10 }, drift: { length: 125 } });
  });

  it('keeps the worst of every list', () => {
    const huge = { ...report('web', 2000, 2048), objects: objects(2000), drift: drift(500) };
    const cut = fitted(huge);
    expect(bytes([cut])).toBeLessThan(512 * 1024);
    expect(cut.pods.filter(({ ready }) => !ready)).toHaveLength(3);
    expect(cut.objects[0]).toMatchObject({ name: 'object-5', health: 'Degraded' });
    expect(cut.drift.length).toBeGreaterThan(0);
  });

  it('stays as it is where nothing can be left out', () => {
    const endless = { ...report('web', 1), message: 'x'.repeat(600 * 1024) };
    expect(fitted(endless)).toEqual(endless);
  });
});
