import type { KubeObject } from '@apollo-deploy/kube';
import { describe, expect, it } from '@jest/globals';
import { objectDigest } from './object-digest.js';

const SECRET: KubeObject = {
  ...{ apiVersion: 'v1', kind: 'Secret', data: { password: 'aHVudGVyMg==' } },
  metadata: { namespace: 'shop', name: 'web', uid: 'uid-1', resourceVersion: '7' },
};

describe('the digest of a live object', () => {
  it.each<{ name: string; change: object }>([
    { name: 'its status', change: { status: { phase: 'Running' } } },
    {
      name: 'its labels and what the server keeps of it',
      change: { metadata: { ...SECRET.metadata, resourceVersion: '8', labels: { a: 'b' } } },
    },
  ])('stays the same with $name', ({ change }) => {
    expect(objectDigest({ ...SECRET, ...change })).toBe(objectDigest(SECRET));
  });

  it.each<{ name: string; change: object }>([
    { name: 'what it holds', change: { data: { password: 'aHVudGVyMw==' } } },
    { name: 'a field more', change: { immutable: true } },
    {
      name: 'an object that came in its place',
      change: { metadata: { ...SECRET.metadata, uid: 'uid-2' } },
    },
  ])('changes with $name', ({ change }) => {
    expect(objectDigest({ ...SECRET, ...change })).not.toBe(objectDigest(SECRET));
  });

  it('is not told of a Lease, which is renewed every few seconds', () => {
    const lease = { ...SECRET, kind: 'Lease', apiVersion: 'coordination.k8s.io/v1' };
    expect(objectDigest(lease)).toBeUndefined();
  });
});
