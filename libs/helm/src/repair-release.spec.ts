import { beforeEach, describe, expect, it } from '@jest/globals';
import { KubeUnavailable, type KubeRefusalCode } from '@apollo-deploy/kube';
import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import { observeRelease } from './observe-release.js';
import { RELEASE_SECRET_KIND } from './release-reader.js';
import { encodePayload } from './release-codec.js';
import type { ReleaseRecord } from './release-record.js';
import { headOf } from './release-state.js';
import { repairRelease, wasInterrupted } from './repair-release.js';

describe('repairRelease', () => {
  let kube: InMemoryKubeApi;
  beforeEach(async () => {
    kube = new InMemoryKubeApi({ namespaces: ['shop'] });
    const info = { status: 'pending-upgrade', description: 'Preparing upgrade' };
    await kube.create({
      ...RELEASE_SECRET_KIND,
      metadata: {
        name: 'sh.helm.release.v1.web.v1',
        namespace: 'shop',
        labels: { owner: 'helm', name: 'web', status: 'pending-upgrade', version: '1' },
      },
      data: { release: encodePayload({ name: 'web', namespace: 'shop', version: 1, info }) },
    });
  });

  const head = async (): Promise<ReleaseRecord> => {
    const found = headOf(await observeRelease(kube, { release: 'web', namespace: 'shop' }));
    if (found === null) throw new Error('the release is gone');
    return found;
  };
  /** Refuses this many attempts to write the repaired record. */
  const refuse = (code: KubeRefusalCode, times: number): void => {
    let left = times;
    kube.intercept(({ verb }) => {
      if (verb !== 'replace' || left === 0) return undefined;
      left -= 1;
      return { code, status: 422, reason: 'Invalid', message: 'data: Too long', causes: [] };
    });
  };

  it('marks the record failed and keeps what it said', async () => {
    const found = await head();
    expect(await repairRelease(kube, found)).toEqual({
      revision: 1,
      secretUid: found.secretUid,
      was: 'pending-upgrade',
    });
    const repaired = await head();
    expect(repaired).toMatchObject({
      status: 'failed',
      description: 'pending-upgrade was interrupted: its process is dead (Preparing upgrade)',
    });
    expect(wasInterrupted(repaired)).toBe(true);
  });

  it('writes fewer letters than were there where the Secret has no room for a note', async () => {
    refuse('kube/invalid', 1);
    expect(await repairRelease(kube, await head())).toMatchObject({ was: 'pending-upgrade' });
    const repaired = await head();
    expect(repaired).toMatchObject({ status: 'failed', description: 'interrupted' });
    expect(wasInterrupted(repaired)).toBe(true);
  });

  it.each([
    {
      name: 'the Secret cannot be written at all',
      code: 'kube/invalid',
      expected: 'cannot be repaired: data: Too long; mark it failed or delete it by hand',
    },
    {
      name: 'the right is missing',
      code: 'kube/forbidden',
      expected: 'the spoke needs the right to update secrets in shop',
    },
  ] as const)('says what to do when $name', async ({ code, expected }) => {
    refuse(code, 9);
    const repair = repairRelease(kube, await head());
    await expect(repair).rejects.toThrow(KubeUnavailable);
    await expect(repair).rejects.toThrow(expected);
  });

  it('leaves a record alone that is not what was observed any more', async () => {
    const found = await head();
    await repairRelease(kube, found);
    expect(await repairRelease(kube, found)).toBeNull();
  });
});
