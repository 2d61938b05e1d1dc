import type { ReleaseRecord, ReleaseRevision, ReleaseState } from '@apollo-deploy/helm';
import { jsonDigest } from '@apollo-deploy/kernel';
import { describe, expect, it } from '@jest/globals';
import { untruths, type EndedPlan } from './kill-loop-truth.js';
import { anOffer } from './plan-offers.js';

const HOOKS = '3.0.0';
const PLAIN = '1.0.0';

describe('the truth about a plan that was cut off', () => {
  it.each<{ name: string; plan: EndedPlan }>([
    { name: 'it succeeded', plan: upgraded() },
    { name: 'it failed half way', plan: { ...failed(), word: 'broken interrupted' } },
    { name: 'it was refused', plan: { ...untouched(), word: 'refused kube/invalid' } },
    { name: 'it was declined', plan: { ...untouched(), word: 'declined base_moved' } },
    { name: 'nobody knows of hooks', plan: { ...failed(HOOKS), word: 'unknown' } },
    { name: 'its hook ran once', plan: { ...upgraded(), hookRuns: { 'web-upgrade': 1 } } },
    { name: 'it was removed', plan: removed({}) },
  ])('has nothing to say where $name', ({ plan }) => {
    expect(lies(plan)).toEqual([]);
  });

  it.each<{ name: string; plan: EndedPlan; lie: string }>([
    {
      name: 'a success that Helm does not know of',
      plan: { ...failed(), word: 'succeeded', live: { before: live('1'), after: live('2') } },
      lie: 'it succeeded, and is not in effect',
    },
    {
      name: 'a success of which one object does not know',
      plan: {
        ...upgraded(),
        live: { before: live('1'), after: { ...live('2'), 'web-c': '1' } },
      },
      lie: 'it succeeded, and is not what is live',
    },
    {
      name: 'a removal that left an object',
      plan: removed({ 'web-d': '1' }),
      lie: 'it succeeded, and is not what is live',
    },
    {
      name: 'a failure of what is in effect',
      plan: { ...upgraded(), word: 'broken interrupted' },
      lie: 'it is in effect, and did not succeed',
    },
    ...['refused kube/invalid', 'declined base_moved'].map((word) => ({
      name: `${word} after a revision was made`,
      plan: { ...failed(), word },
      lie: 'it was turned away, and touched the release',
    })),
    ...['refused kube/invalid', 'declined base_moved'].map((word) => ({
      name: `${word} after an object was changed`,
      plan: { ...untouched(), word, live: { before: live('1'), after: live('2') } },
      lie: 'it was turned away, and touched the release',
    })),
    {
      name: 'a refusal after a hook ran',
      plan: { ...untouched(), word: 'refused kube/invalid', hookRuns: { 'web-upgrade': 1 } },
      lie: 'it was turned away, and touched the release',
    },
    {
      name: 'an expiry of what does not expire',
      plan: { ...untouched(), word: 'declined expired' },
      lie: 'it was declined for what never happened here',
    },
    {
      name: 'doubt without hooks',
      plan: { ...failed(), word: 'unknown' },
      lie: 'nobody knows, and there are no hooks',
    },
    {
      name: 'two revisions of one plan',
      plan: { ...upgraded(), after: stateAt(3, 'deployed', '2') },
      lie: 'it made 2 revisions',
    },
    {
      name: 'a hook that ran again',
      plan: { ...upgraded(), hookRuns: { 'web-upgrade': 2 } },
      lie: 'its hooks ran again: web-upgrade × 2',
    },
    {
      name: 'a release that is left locked',
      plan: { ...failed(), word: 'broken interrupted', after: stateAt(2, 'locked', '2') },
      lie: 'the release is stuck',
    },
  ])('finds $name', ({ plan, lie }) => {
    expect(lies(plan)).toEqual([lie]);
  });
});

function lies(plan: EndedPlan): readonly string[] {
  return untruths(plan).flatMap(([lie, what]) => (lie ? [what] : []));
}

/** An upgrade from text 1 to text 2 that went well. */
function upgraded(version = PLAIN): EndedPlan {
  return {
    offer: anOffer({ type: 'upgrade', chart: { name: 'web', version }, values: { text: '2' } }),
    before: stateAt(1, 'deployed', '1'),
    after: stateAt(2, 'deployed', '2'),
    word: 'succeeded',
    live: { before: live('1'), after: live('2') },
    hookRuns: {},
  };
}

/** An upgrade that was cut off before its second object. */
function failed(version = PLAIN): EndedPlan {
  const after = { ...live('1'), 'web-a': '2' };
  const plan = { ...upgraded(version), after: stateAt(2, 'failed', '2') };
  return { ...plan, live: { before: live('1'), after } };
}

/** An upgrade that nothing came of. */
function untouched(): EndedPlan {
  const plan = { ...upgraded(), after: stateAt(1, 'deployed', '1') };
  return { ...plan, live: { before: live('1'), after: live('1') } };
}

function removed(left: Readonly<Record<string, string>>): EndedPlan {
  const offer = anOffer({ type: 'uninstall' });
  const texts = { before: live('1'), after: left };
  return { ...upgraded(), offer, after: { kind: 'absent' }, live: texts };
}

function live(text: string): Record<string, string> {
  return { 'web-a': text, 'web-b': text, 'web-c': text, 'web-d': text };
}

/** Revisions 1 to `revision`, of which the last is of plan 1 and holds this text. */
function stateAt(
  revision: number,
  kind: 'deployed' | 'failed' | 'locked',
  text: string,
): ReleaseState {
  const status = kind === 'locked' ? 'pending-upgrade' : kind;
  const history: ReleaseRevision[] = Array.from({ length: revision }, (_, index) => ({
    ...{ revision: index + 1, secretName: `web.v${index + 1}`, secretUid: `uid-${index + 1}` },
    ...{ status: index + 1 === revision ? status : ('superseded' as const) },
    ...{ resourceVersion: '1', labels: {} },
  }));
  const head: ReleaseRecord = {
    ...{ name: 'web', namespace: 'shop', revision, status },
    ...{ chartName: 'web', chartVersion: PLAIN },
    ...{ values: { text }, valuesDigest: jsonDigest({ text }), planId: 'plan-1' },
    ...{ manifest: '', manifestDigest: '', description: '', hooks: [], labels: {} },
    ...{ secretName: `web.v${revision}`, secretUid: `uid-${revision}`, resourceVersion: '1' },
    ...{ firstDeployed: '', lastDeployed: '', applyMethod: 'ssa' },
  };
  const observed = { head, history, lastDeployed: null };
  if (kind === 'locked') return { kind, by: 'upgrade', ...observed };
  return kind === 'failed' ? { kind, ...observed } : { kind, ...observed };
}
