import { describe, expect, it } from '@jest/globals';
import { isNodeReady } from './cluster-setup.js';

describe('a node', () => {
  it.each([
    { name: 'nobody answers', body: undefined, expected: false },
    { name: 'it was just created', body: '{"status": {}}', expected: false },
    {
      name: 'its state is in doubt after a restart',
      body: '{"status": {"conditions": [{"type": "Ready", "status": "Unknown"}]}}',
      expected: false,
    },
    {
      name: 'another condition is true',
      body: '{"status": {"conditions": [{"type": "DiskPressure", "status": "True"}]}}',
      expected: false,
    },
    {
      name: 'its kubelet says so',
      body: '{"status": {"conditions": [{"type": "Ready", "status": "True"}]}}',
      expected: true,
    },
  ])('is ready=$expected when $name', ({ body, expected }) => {
    expect(isNodeReady(body)).toBe(expected);
  });
});
