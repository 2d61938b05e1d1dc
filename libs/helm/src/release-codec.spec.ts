import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { jsonDigest, sha256Hex } from '@apollo-deploy/kernel';
import type { KubeObject } from '@apollo-deploy/kube';
import {
  decodePayload,
  encodePayload,
  readRelease,
  readRevision,
  withStatus,
} from './release-codec.js';

const INFO = {
  status: 'deployed',
  description: 'Install complete',
  first_deployed: '2026-11-21T10:00:00Z',
  last_deployed: '2026-11-21T11:00:00Z',
};

const payload = (fields: object = {}) => ({
  name: 'web',
  namespace: 'shop',
  version: 3,
  info: INFO,
  chart: { metadata: { name: 'shop-web', version: '1.2.0' }, templates: [{ name: 'a' }] },
  config: { replicas: 2 },
  manifest: '---\nkind: ConfigMap\n',
  apply_method: 'ssa',
  ...fields,
});

const secret = (release: unknown, labels: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'sh.helm.release.v1.web.v3',
    namespace: 'shop',
    uid: 'uid-3',
    resourceVersion: '77',
    labels: { owner: 'helm', name: 'web', status: 'deployed', version: '3', ...labels },
  },
  data: { release },
});

const stored = (fields: object = {}, labels: Record<string, string> = {}): KubeObject =>
  secret(encodePayload(payload(fields)), labels);

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('readRelease', () => {
  it('reads what the chart has in its crds folder, and no other file', () => {
    const file = (name: string, text: string) => ({
      name,
      data: Buffer.from(text).toString('base64'),
    });
    const files = [
      file('crds/a.yaml', 'kind: A'),
      file('README.md', 'about crds/'),
      file('crds/notes.txt', 'not for Helm'),
      file('crds/more/b.json', '{"kind": "B"}'),
    ];
    const found = readRelease(stored({ chart: { files } }));
    expect(found).toMatchObject({ value: { definitions: 'kind: A\n---\n{"kind": "B"}' } });
  });

  it('reads a revision from its Secret', () => {
    const labels = { 'apollo.dev/plan': 'p7', team: 'blue', modifiedAt: '1' };
    const hook = { name: 'migrate', kind: 'Job', events: ['pre-upgrade'], manifest: 'kind: Job\n' };
    const hooks = [{ ...hook, weight: 1 }];
    expect(readRelease(stored({ hooks }, labels))).toEqual({
      ok: true,
      value: {
        name: 'web',
        namespace: 'shop',
        revision: 3,
        status: 'deployed',
        chartName: 'shop-web',
        chartVersion: '1.2.0',
        valuesDigest: jsonDigest({ replicas: 2 }),
        manifestDigest: sha256Hex('---\nkind: ConfigMap\n'),
        secretName: 'sh.helm.release.v1.web.v3',
        secretUid: 'uid-3',
        resourceVersion: '77',
        labels: { 'apollo.dev/plan': 'p7', team: 'blue' },
        planId: 'p7',
        description: 'Install complete',
        firstDeployed: '2026-11-21T10:00:00Z',
        lastDeployed: '2026-11-21T11:00:00Z',
        applyMethod: 'ssa',
        values: { replicas: 2 },
        manifest: '---\nkind: ConfigMap\n',
        hooks: [hook],
      },
    });
  });

  it.each([
    { name: 'null', config: null },
    { name: 'absent', config: undefined },
    { name: 'empty', config: {} },
  ])('gives values that are $name the digest of no values', ({ config }) => {
    const read = readRelease(stored({ config }));
    expect(read).toMatchObject({ ok: true, value: { valuesDigest: jsonDigest({}), values: {} } });
  });

  it.each([
    { name: 'a rollback of Helm 4', info: { rollback_revision: 2 }, expected: 2 },
    { name: 'any other revision', info: {}, expected: undefined },
  ])('knows where $name went back to', ({ info, expected }) => {
    const read = readRelease(stored({ info: { ...INFO, ...info } }));
    expect(read.ok && read.value.rollbackRevision).toBe(expected);
  });

  it('takes a release of Helm 3 for one applied by the client', () => {
    expect(readRelease(stored({ apply_method: undefined }))).toMatchObject({
      value: { applyMethod: 'csa' },
    });
  });

  it.each([
    { name: 'without data', release: undefined, why: 'it has no "release"' },
    { name: 'that is no JSON', release: doubly(gzipSync('not json')), why: 'JSON' },
    {
      name: 'that is cut',
      release: doubly(gzipSync('{"a":1}').subarray(0, 12)),
      why: 'unexpected',
    },
    { name: 'that is a list', release: doubly(Buffer.from('[]')), why: 'it is no object' },
    {
      name: 'with a status nobody knows',
      release: of({ info: { status: 'new' } }),
      why: 'its status',
    },
    { name: 'without number', release: of({ version: 'x' }), why: 'no revision number' },
    { name: 'of revision 0', release: of({ version: 0 }), why: 'no revision number' },
    { name: 'of half a revision', release: of({ version: 1.5 }), why: 'no revision number' },
    { name: 'of revision 2^53', release: of({ version: 2 ** 53 }), why: 'no revision number' },
    {
      name: 'with half a character in its values',
      release: of({ config: { a: '\ud83d' } }),
      why: 'its values are not JSON that can be told apart',
    },
    {
      name: 'with a number beyond all numbers in its values',
      release: doubly(Buffer.from(JSON.stringify(payload()).replace('"replicas":2', '"a":1e999'))),
      why: 'its values are not JSON that can be told apart',
    },
    {
      name: 'with values without end',
      release: doubly(
        Buffer.from(JSON.stringify(payload()).replace('"replicas":2', `"a":${nested(50_000)}`)),
      ),
      why: 'its values are not JSON that can be told apart',
    },
  ])('refuses a payload $name, and says which Secret', ({ release, why }) => {
    const read = readRelease(secret(release));
    expect(read).toMatchObject({
      ok: false,
      error: {
        code: 'release/unreadable',
        secretName: 'sh.helm.release.v1.web.v3',
        message: expect.stringContaining(why),
      },
    });
  });

  it('reads a payload that was not compressed', () => {
    const plain = doubly(Buffer.from(JSON.stringify(payload())));
    expect(readRelease(secret(plain))).toMatchObject({ ok: true, value: { revision: 3 } });
  });
});

describe('readRevision', () => {
  it('reads what the labels say', () => {
    expect(readRevision(stored({}, { status: 'pending-upgrade', team: 'blue' }))).toEqual({
      revision: 3,
      status: 'pending-upgrade',
      secretName: 'sh.helm.release.v1.web.v3',
      secretUid: 'uid-3',
      resourceVersion: '77',
      labels: { team: 'blue' },
    });
  });

  it.each(['', '0', 'x', '1.5', '1e3', '0x10', '9007199254740992', '01'])(
    'takes a Secret with version label %j for no release',
    (version) => {
      expect(readRevision(stored({}, { version }))).toBeNull();
    },
  );
});

describe('withStatus', () => {
  it('changes status and description in payload and label, and nothing else', () => {
    const before = stored({ info: { ...INFO, status: 'pending-upgrade' } });
    const result = withStatus(before, 'failed', 'interrupted');
    if (!result.ok) throw new Error(result.error.message);
    const { metadata } = result.value;
    expect(metadata).toEqual({
      ...before.metadata,
      labels: { ...before.metadata.labels, status: 'failed' },
    });
    expect(decodePayload(result.value)).toEqual({
      ok: true,
      value: payload({ info: { ...INFO, status: 'failed', description: 'interrupted' } }),
    });
  });
});

function doubly(bytes: Buffer): string {
  return Buffer.from(bytes.toString('base64'), 'latin1').toString('base64');
}

function of(fields: object): string {
  return encodePayload(payload(fields));
}
