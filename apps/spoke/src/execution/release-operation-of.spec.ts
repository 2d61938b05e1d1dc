import { describe, expect, it } from '@jest/globals';
import type { ReleaseReader, ReleaseRecord } from '@apollo-deploy/helm';
import { releaseState } from '@apollo-deploy/helm/testing';
import { ok } from '@apollo-deploy/kernel';
import { anOffer } from '../testing/plan-offers.js';
import { findRevision } from './release-operation-of.js';

const ROLLBACK = anOffer({
  ...{ planId: 'plan-9', type: 'rollback' },
  base: { revision: 9, releaseDigest: 'a'.repeat(64) },
}).content;

/** Superseded, with the chart and values of the rollback and the label that Helm hands on. */
function revisionOf(description: string, index: number): ReleaseRecord {
  const revision = index + 1;
  return {
    ...{ name: 'web', namespace: 'shop', revision, status: 'superseded', description },
    ...{ chartName: 'web', chartVersion: '1.0.0', valuesDigest: ROLLBACK.valuesDigest ?? '' },
    ...{ manifestDigest: `m-${String(revision)}`, secretName: `web.v${String(revision)}` },
    ...{ secretUid: `uid-${String(revision)}`, resourceVersion: '1' },
    ...{ labels: { 'apollo.dev/plan': 'plan-1' }, planId: 'plan-1', applyMethod: 'ssa' },
    ...{ firstDeployed: '', lastDeployed: '', values: {}, manifest: '', hooks: [] },
  };
}

async function found(descriptions: readonly string[]): Promise<number | null> {
  const history = descriptions.map(revisionOf);
  const reader: Pick<ReleaseReader, 'read'> = {
    read: (_, { revision }) => {
      const record = history[revision - 1];
      if (record === undefined) throw new Error(`there is no revision ${String(revision)}`);
      return Promise.resolve(ok(record));
    },
  };
  const head = history.at(-1) ?? null;
  return findRevision(reader, releaseState({ history, head, lastDeployed: null }), ROLLBACK);
}

describe('the revision that a rollback goes back to', () => {
  it.each([
    {
      name: 'the newest that a plan made',
      history: ['apollo plan plan-1: install', 'apollo plan plan-3: upgrade'],
      expected: 2,
    },
    {
      name: 'one that a rollback of a plan made',
      history: ['Install complete', 'apollo plan plan-4: rollback'],
      expected: 2,
    },
    {
      name: 'not one that somebody else made under the same name, version and values',
      history: ['apollo plan plan-1: install', 'Upgrade complete'],
      expected: 1,
    },
    {
      name: 'none where all were made by somebody else, or went back to what may have been theirs',
      history: [
        'Install complete',
        'Upgrade complete',
        'Rollback to 2',
        'see apollo plan a: upgrade',
      ],
      expected: null,
    },
  ])('is $name', async ({ history, expected }) => {
    expect(await found(history)).toBe(expected);
  });
});
