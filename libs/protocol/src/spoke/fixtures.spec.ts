import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { decodeHubFrame, decodeSpokeFrame, encodeHubFrame, encodeSpokeFrame } from './envelope.js';
import { HUB_MESSAGES, SPOKE_MESSAGES } from './messages.js';

const FIXTURES = new URL('../../fixtures/v1/', import.meta.url);

function fixturesOf(
  side: 'hub' | 'spoke',
): readonly { file: string; type: string; frame: unknown }[] {
  const folder = new URL(`${side}/`, FIXTURES);
  return readdirSync(folder).map((file) => ({
    file,
    type: file.replace(/(\+.*)?\.json$/, ''),
    frame: JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as unknown,
  }));
}

describe('frames of version 1, as they were recorded', () => {
  it('hold a fixture for each message of either side', () => {
    const types = (side: 'hub' | 'spoke') => new Set(fixturesOf(side).map(({ type }) => type));
    expect(types('spoke')).toEqual(new Set(Object.keys(SPOKE_MESSAGES)));
    expect(types('hub')).toEqual(new Set(Object.keys(HUB_MESSAGES)));
  });

  it.each(fixturesOf('spoke'))('can be read and written again: $file of a spoke', (fixture) => {
    const decoded = decodeSpokeFrame(JSON.stringify(fixture.frame));
    if (!decoded.ok) throw new Error(decoded.error.detail);
    const { t, p, v: _version, ...head } = decoded.value;
    expect(t).toBe(fixture.type);
    expect(JSON.parse(encodeSpokeFrame(t, p, head))).toEqual(fixture.frame);
  });

  it.each(fixturesOf('hub'))('can be read and written again: $file of the hub', (fixture) => {
    const decoded = decodeHubFrame(JSON.stringify(fixture.frame));
    if (!decoded.ok) throw new Error(decoded.error.detail);
    const { t, p, v: _version, ...head } = decoded.value;
    expect(t).toBe(fixture.type);
    expect(JSON.parse(encodeHubFrame(t, p, head))).toEqual(fixture.frame);
  });
});
