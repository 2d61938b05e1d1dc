import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareVersions, formatVersion, parseVersion, type Version } from './version.js';

function version(text: string): Version {
  const parsed = parseVersion(text);
  if (!parsed.ok) throw new Error(parsed.error.detail);
  return parsed.value;
}

describe('a version', () => {
  it('is taken apart', () => {
    expect(version('1.20.3-rc.1.x-y+build.007')).toEqual({
      major: 1,
      minor: 20,
      patch: 3,
      prerelease: ['rc', '1', 'x-y'],
      build: ['build', '007'],
    });
  });

  it('is parsed once, however often it is asked for', () => {
    expect(version('4.5.6-once')).toBe(version('4.5.6-once'));
    expect(parseVersion('4.5')).toEqual(parseVersion('4.5'));
  });

  it.each([
    '0.0.0',
    '1.2.3',
    '999999999999999.0.1',
    '1.0.0-0',
    '1.0.0-alpha',
    '1.0.0-alpha.0.1',
    '1.0.0--',
    '1.0.0-0a',
    '1.0.0-99999999999999999999',
    '1.0.0+001',
    '1.0.0-rc.1+exp.sha-5114f85',
    `1.0.0-${'a'.repeat(250)}`,
  ])('is read and written as %s', (text) => {
    expect(formatVersion(version(text))).toBe(text);
  });

  const accepted = 'a version is MAJOR.MINOR.PATCH, for example 1.4.0 or 1.4.0-rc.1';
  it.each([
    { text: '', code: 'empty', position: 1, detail: `the version is empty; ${accepted}` },
    {
      text: 'latest',
      code: 'not_semver',
      position: 1,
      detail: `"latest" is no version (see character 1); ${accepted}`,
    },
    {
      text: 'v1',
      code: 'partial',
      position: 3,
      detail: 'write 1.0.0: only a range may leave parts of a version out',
    },
    {
      text: '1.2',
      code: 'partial',
      position: 4,
      detail: 'write 1.2.0: only a range may leave parts of a version out',
    },
    {
      text: 'v1.2.3-rc.1',
      code: 'leading_v',
      position: 1,
      detail: 'write 1.2.3-rc.1: a version has no leading "v"',
    },
    {
      text: 'V1.2.3',
      code: 'leading_v',
      position: 1,
      detail: 'write 1.2.3: a version has no leading "V"',
    },
    {
      text: '1.02.3',
      code: 'leading_zero',
      position: 3,
      detail: 'write 2 instead of 02 at character 3: numbers have no leading zeros',
    },
    {
      text: '1.2.3-rc.01',
      code: 'leading_zero',
      position: 10,
      detail: 'write 1 instead of 01 at character 10: numbers have no leading zeros',
    },
    {
      text: '1.1000000000000000.0',
      code: 'number_too_large',
      position: 3,
      detail:
        'the number 1000000000000000 at character 3 is too large: at most 15 digits are accepted',
    },
    {
      text: '1.2.',
      code: 'not_semver',
      position: 5,
      detail: `"1.2." is no version (it ends too early); ${accepted}`,
    },
    { text: '1.2.3.4', code: 'not_semver', position: 6 },
    { text: '1.2.x', code: 'not_semver', position: 5 },
    { text: '1.2.3-', code: 'not_semver', position: 7 },
    { text: '1.2.3-a..b', code: 'not_semver', position: 9 },
    { text: '1.2.3-a_b', code: 'not_semver', position: 8 },
    { text: '1.2.3+', code: 'not_semver', position: 7 },
    { text: '1.2.3+a+b', code: 'not_semver', position: 8 },
    { text: '1.2.3-+a', code: 'not_semver', position: 7 },
    { text: ' 1.2.3', code: 'not_semver', position: 1 },
    { text: '1.2.3\n', code: 'not_semver', position: 6 },
    { text: '-1.2.3', code: 'not_semver', position: 1 },
    { text: '1.2.3-é', code: 'not_semver', position: 7 },
    { text: '^1.2.3', code: 'not_semver', position: 1 },
    { text: `1.0.0-${'a'.repeat(251)}`, code: 'too_long', position: 257 },
  ])('is not "$text"', ({ text, code, position, detail }) => {
    const parsed = parseVersion(text);
    const error = { code: `version/${code}`, position, detail: detail ?? expect.any(String) };
    expect(parsed).toEqual({ ok: false, error });
  });
});

describe('the order of versions', () => {
  const ascending = [
    '0.0.0-0',
    '0.0.0',
    '0.0.1',
    '0.1.0',
    '1.0.0-0',
    '1.0.0-2',
    '1.0.0-10',
    '1.0.0-99999999999999999998',
    '1.0.0-99999999999999999999',
    '1.0.0--1',
    '1.0.0-BETA',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-beta.11.0',
    '1.0.0-rc.1',
    '1.0.0',
    '1.0.1',
    '1.2.0',
    '1.10.0',
    '2.0.0',
    '10.0.0',
  ];

  it('is that of SemVer, for every pair', () => {
    const versions = ascending.map(version);
    for (const [i, left] of versions.entries()) {
      for (const [j, right] of versions.entries()) {
        expect(Math.sign(compareVersions(left, right))).toBe(Math.sign(i - j));
      }
    }
  });

  it('does not see build metadata', () => {
    expect(compareVersions(version('1.0.0+a'), version('1.0.0+b'))).toBe(0);
  });

  it('is total over random versions, and the text survives', () => {
    const number = fc.integer({ min: 0, max: 3 });
    const identifier = fc.constantFrom('0', '1', '10', 'a', 'B', '-', '0a');
    const versions = fc.record({
      major: number,
      minor: number,
      patch: number,
      prerelease: fc.array(identifier, { maxLength: 3 }),
      build: fc.array(identifier, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(versions, versions, versions, (a, b, c) => {
        expect(version(formatVersion(a))).toEqual(a);
        expect(Math.sign(compareVersions(a, b))).toBe(0 - Math.sign(compareVersions(b, a)) + 0);
        const [low, , high] = [a, b, c].sort(compareVersions);
        expect(compareVersions(low!, high!)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('never throws on any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        const parsed = parseVersion(text);
        if (!parsed.ok) {
          expect(parsed.error.position).toBeGreaterThanOrEqual(1);
          expect(parsed.error.position).toBeLessThanOrEqual(text.length + 1);
        }
      }),
    );
  });
});
