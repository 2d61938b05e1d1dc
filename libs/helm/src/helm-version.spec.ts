import { describe, expect, it } from '@jest/globals';
import { formatHelmVersion, parseHelmVersion } from './helm-version.js';

describe('parseHelmVersion', () => {
  it.each([
    { name: 'the oldest Helm 3', printed: 'v3.20.2', expected: '3.20.2' },
    { name: 'one patch before it', printed: 'v3.20.1', expected: 'helm/version_unsupported' },
    { name: 'one minor before it', printed: 'v3.19.9', expected: 'helm/version_unsupported' },
    { name: 'a newer Helm 3', printed: 'v3.21.0', expected: '3.21.0' },
    { name: 'the oldest Helm 4', printed: 'v4.1.4', expected: '4.1.4' },
    { name: 'one patch before it', printed: 'v4.1.3', expected: 'helm/version_unsupported' },
    { name: 'a newer Helm 4 with build data', printed: 'v4.3.1+gabc\n', expected: '4.3.1' },
    { name: 'Helm 2', printed: 'v2.17.0', expected: 'helm/version_unsupported' },
    { name: 'a Helm nobody has tried', printed: 'v5.0.0', expected: 'helm/version_unsupported' },
    { name: 'something else', printed: 'usage: tool', expected: 'helm/version_unreadable' },
    { name: 'silence', printed: '', expected: 'helm/version_unreadable' },
  ])('answers $expected to $name ($printed)', ({ printed, expected }) => {
    const result = parseHelmVersion(printed, '/bin/helm');
    expect(result.ok ? formatHelmVersion(result.value) : result.error.code).toBe(expected);
  });

  it('says what to install instead', () => {
    expect(parseHelmVersion('v4.0.0', '/bin/helm')).toMatchObject({
      error: {
        message: '/bin/helm is Helm 4.0.0; install 4.1.4 or newer (of Helm 3: 3.20.2 or newer)',
      },
    });
  });
});
