import { describe, expect, it } from '@jest/globals';
import { boundedEvidence } from './plan-evidence.js';
import { refused, succeeded, unhealthy, unknown, declined } from './verdicts.js';

const HEAD = { revision: 3, status: 'deployed' };
const names = (count: number) =>
  Array.from({ length: count }, (_, index) => `ConfigMap shop/${index}`);
const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

describe('evidence', () => {
  it('of little is left as it is', () => {
    const evidence = { head: HEAD, remains: names(10) };
    expect(boundedEvidence(evidence)).toBe(evidence);
  });

  it.each([
    {
      name: 'a long list keeps its beginning',
      evidence: { head: HEAD, remains: names(2000) },
      expected: { head: HEAD, remains: names(500), cut: ['remains'] },
    },
    {
      name: 'a long text is left out',
      evidence: { head: HEAD, log: 'x'.repeat(20_000), remains: names(3) },
      expected: { head: HEAD, remains: names(3), cut: ['log'] },
    },
    {
      name: 'a list of one long text is left out',
      evidence: { head: HEAD, commands: [{ stderr: 'x'.repeat(20_000) }] },
      expected: { head: HEAD, cut: ['commands'] },
    },
    {
      name: 'characters of several bytes count as such',
      evidence: { head: HEAD, log: '\u20ac'.repeat(6000) },
      expected: { head: HEAD, cut: ['log'] },
    },
  ])('has room for no more than 16 KiB: $name', ({ evidence, expected }) => {
    expect(boundedEvidence(evidence)).toEqual(expected);
  });

  it.each([
    { name: 'succeeded', verdict: succeeded('m', { log: 'x'.repeat(20_000) }) },
    { name: 'refused', verdict: refused('r', 'm', { log: 'x'.repeat(20_000) }) },
    { name: 'unhealthy', verdict: unhealthy('r', 'm', { log: 'x'.repeat(20_000) }) },
    { name: 'declined', verdict: declined('expired', 'm', { log: 'x'.repeat(20_000) }) },
    { name: 'unknown', verdict: unknown('m', { log: 'x'.repeat(20_000) }) },
  ])('is bounded in a verdict: $name', ({ verdict }) => {
    expect(bytes(verdict)).toBeLessThan(1024);
  });
});
