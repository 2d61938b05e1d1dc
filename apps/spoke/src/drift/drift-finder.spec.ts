import { err, ok } from '@apollo-deploy/kernel';
import { KubeUnavailable, type KubeApi, type KubeObject } from '@apollo-deploy/kube';
import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { DriftFinder, type Comparison } from './drift-finder.js';
import { expectedObject } from './expected-object.js';

const WIDGET = { apiVersion: 'example.com/v1', kind: 'Widget' };
const REF = { ...WIDGET, namespace: 'shop', name: 'web' };
const METADATA = { name: 'web', namespace: 'shop' };
const MANIFEST: KubeObject = {
  ...{ ...WIDGET, metadata: METADATA },
  spec: { size: 3, colour: 'red', parts: [{ name: 'a', weight: 1 }] },
};
const EXPECTED = expectedObject(MANIFEST, { autoscaled: false });

type Replace = KubeApi['replace'];

function live(spec: object, more: object = {}): KubeObject {
  return { ...WIDGET, metadata: { ...METADATA, uid: 'u-1', resourceVersion: '7' }, spec, ...more };
}

function refusing(code: 'kube/forbidden' | 'kube/version_conflict'): Replace {
  const refusal = { code, status: 403, reason: '', message: 'cannot update widgets', causes: [] };
  return () => Promise.resolve(err(refusal));
}

const KEEPS: Replace = (object) => Promise.resolve(ok(object));
const DROPS: Replace = () => Promise.resolve(ok(PRUNED));
const PRUNED = live({ size: 3, parts: [{ name: 'a' }] });

function open(replace: Replace) {
  const asked: unknown[] = [];
  const kube: Pick<KubeApi, 'get' | 'replace'> = {
    get: () => Promise.reject(new Error('nothing has to be read')),
    replace: (object, options) => {
      asked.push({ spec: object['spec'], ...options });
      return replace(object, options);
    },
  };
  const finder = new DriftFinder({ kube, rules: [], log: pino({ level: 'silent' }) });
  const look = async (comparison: Comparison) => {
    const known = await finder.read([comparison]);
    return { known, fields: finder.of(comparison).drift.map(({ field }) => field) };
  };
  return { asked, look, finder };
}

const MISSING = ['spec.colour', 'spec.parts[0].weight'];

describe('what DriftFinder tells of fields that are gone', () => {
  it.each([
    { name: 'the server keeps them: all', replace: KEEPS, known: true, fields: MISSING },
    { name: 'the server drops them: none', replace: DROPS, known: true, fields: [] },
    {
      ...{ name: 'the account may not try it: all', replace: refusing('kube/forbidden') },
      ...{ known: true, fields: MISSING },
    },
    {
      ...{ name: 'the object has changed meanwhile: none yet', known: false, fields: [] },
      replace: refusing('kube/version_conflict'),
    },
    {
      ...{ name: 'the server cannot be asked: none yet', known: false, fields: [] },
      replace: () => Promise.reject(new KubeUnavailable('no route', { cause: null })),
    },
  ])('$name', async ({ replace, known, fields }) => {
    const { asked, look } = open(replace);
    expect(await look({ ref: REF, expected: EXPECTED, live: PRUNED })).toEqual({ known, fields });
    expect(asked).toEqual([{ spec: MANIFEST['spec'], dryRun: true }]);
  });

  it('tells only what differs otherwise before the server was asked', () => {
    const { finder, asked } = open(KEEPS);
    const other = live({ size: 4, parts: [{ name: 'a' }] });
    const { drift } = finder.of({ ref: REF, expected: EXPECTED, live: other });
    expect(drift.map(({ field }) => field)).toEqual(['spec.size']);
    expect(asked).toEqual([]);
  });

  it('asks once for as long as nobody changes what the object asks for', async () => {
    const { asked, look } = open(DROPS);
    const comparison = { ref: REF, expected: EXPECTED };
    await look({ ...comparison, live: PRUNED });
    const busy = live({ ...(PRUNED['spec'] as object) }, { status: { ready: 1 } });
    expect(await look({ ...comparison, live: busy })).toEqual({ known: true, fields: [] });
    expect(asked).toHaveLength(1);
    const other = live({ parts: [{ name: 'a' }] });
    expect(await look({ ...comparison, live: other })).toEqual({
      known: true,
      fields: ['spec.size'],
    });
    expect(asked).toHaveLength(2);
  });

  it('asks nothing about objects that have all they should', async () => {
    const { asked, look } = open(KEEPS);
    await look({ ref: REF, expected: EXPECTED, live: live(MANIFEST['spec'] as object) });
    expect(asked).toEqual([]);
  });
});
