import { describe, expect, it } from '@jest/globals';
import { helmErrorText, saysUnreachable } from './helm-error-text.js';

describe('helmErrorText', () => {
  it.each([
    { name: 'silence', stderr: '', expected: '' },
    { name: 'only warnings', stderr: 'level=WARN msg="old"\n', expected: '' },
    {
      name: 'an error among log lines',
      stderr:
        'level=WARN msg="upgrade failed"\nError: UPGRADE FAILED: context canceled\nlevel=ERROR msg=x\n',
      expected: 'UPGRADE FAILED: context canceled',
    },
    {
      name: 'an error of several lines',
      stderr: 'Error: resource Job/a/h not ready. status: InProgress\ncontext deadline exceeded\n',
      expected: 'resource Job/a/h not ready. status: InProgress\ncontext deadline exceeded',
    },
    { name: 'two errors', stderr: 'Error: first\nError: second\n', expected: 'second' },
  ])('finds what matters in $name', ({ stderr, expected }) => {
    expect(helmErrorText(stderr)).toBe(expected);
  });

  it.each([
    { stderr: 'Error: kubernetes cluster unreachable: Get "https://x"', expected: true },
    { stderr: 'Error: INSTALLATION FAILED: Kubernetes cluster unreachable: x', expected: true },
    { stderr: 'Error: release: not found', expected: false },
  ])('knows whether Helm reached the cluster: $stderr', ({ stderr, expected }) => {
    expect(saysUnreachable(stderr)).toBe(expected);
  });
});
