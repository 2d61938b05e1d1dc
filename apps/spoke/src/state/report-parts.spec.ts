import type { ReleaseReport } from '@apollo-deploy/protocol';
import { describe, expect, it } from '@jest/globals';
import { reportParts } from './report-parts.js';

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
