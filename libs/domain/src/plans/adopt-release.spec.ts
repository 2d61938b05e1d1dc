import { describe, expect, it } from '@jest/globals';
import { aBaseline, anEntity, aProduct, aRelease, aReportedRelease } from '../testing.js';
import type { Health } from '../catalog/entity.js';
import { contentKey, planDigest, type PlanType } from './plan.js';
import { proposePlan } from './propose-plan.js';
import type { ProposedPlan } from './proposal.js';

interface Given {
  readonly adopt?: boolean;
  readonly unmanaged?: boolean;
  readonly version?: string;
  readonly helmStatus?: string;
  readonly revision?: number;
  readonly health?: Health;
  readonly deployed?: { readonly revision: number; readonly version: string };
  readonly desired?: { readonly version: string } | { readonly absent: true };
  readonly baseline?: boolean;
}

/** What is proposed where 1.1.0 should run, in one release or another. */
function proposed(given: Given): ReturnType<typeof proposePlan> {
  const { adopt, desired = { version: '1.1.0' }, baseline = false, ...reported } = given;
  const entity = anEntity({ desired, ...(adopt !== undefined && { adopt }) });
  const release = aReportedRelease({ revision: 4, version: '1.1.0', ...reported });
  const facts = {
    entity,
    product: aProduct(),
    candidates: {
      releases: [aRelease('1.0.0'), aRelease('1.1.0')],
      channelVersions: new Set(['1.0.0', '1.1.0']),
      objections: () => [],
    },
    reported: { at: '2026-01-05T08:30:00.000Z', release },
    declines: [],
  };
  if (!baseline) return proposePlan(facts);
  const proposal = proposePlan(facts);
  const key = proposal.kind === 'plan' ? proposal.plan.contentKey : '';
  return proposePlan({ ...facts, baseline: aBaseline({ contentKey: key, version: '1.1.0' }) });
}

function planOf(given: Given): ProposedPlan {
  const proposal = proposed(given);
  if (proposal.kind !== 'plan') throw new Error(`nothing is proposed: ${proposal.why}`);
  return proposal.plan;
}

describe('a release that somebody else made', () => {
  it.each<Given & { readonly name: string; readonly type: PlanType }>([
    { name: 'an older version runs', version: '1.0.0', type: 'upgrade' },
    { name: 'the version that should run does', version: '1.1.0', type: 'upgrade' },
    {
      name: 'its last upgrade failed',
      version: '1.1.0',
      helmStatus: 'failed',
      deployed: { revision: 3, version: '1.0.0' },
      type: 'upgrade',
    },
    { name: 'its first install failed', helmStatus: 'failed', revision: 1, type: 'upgrade' },
    {
      name: 'its first install failed and its pods crash',
      ...{ helmStatus: 'failed', revision: 1, health: 'Degraded' },
      type: 'upgrade',
    },
    { name: 'a person names an older one', desired: { version: '1.0.0' }, type: 'rollback' },
    { name: 'it should be absent', desired: { absent: true }, type: 'uninstall' },
  ])('is adopted by the plan that is due when $name: $type', ({ type, name: _, ...given }) => {
    const plan = planOf({ ...given, adopt: true, unmanaged: true });
    expect(plan).toMatchObject({ type, content: { type, adopt: true } });
  });

  it('is left as it is while nobody said so, if it is what should run', () => {
    expect(proposed({ unmanaged: true })).toMatchObject({ kind: 'nothing', code: 'up_to_date' });
  });

  it('is never touched by a plan that does not adopt it, which is what its spoke checks', () => {
    expect(planOf({ unmanaged: true, version: '1.0.0' }).content).not.toHaveProperty('adopt');
  });

  it('is left alone while a Helm operation holds it', () => {
    const locked = { adopt: true, unmanaged: true, helmStatus: 'pending-upgrade' };
    expect(proposed(locked)).toMatchObject({ kind: 'nothing', code: 'locked' });
  });

  it('is no repair even if it ran well before: nobody has agreed to the adoption', () => {
    const plan = planOf({ adopt: true, unmanaged: true, baseline: true });
    expect(plan).toMatchObject({ planClass: 'ordinary' });
    expect(plan).not.toHaveProperty('repairOf');
  });
});

describe('the word that a release may be adopted', () => {
  it('means nothing to a release of Apollo', () => {
    expect(proposed({ adopt: true })).toMatchObject({ kind: 'nothing', code: 'up_to_date' });
    expect(planOf({ adopt: true, version: '1.0.0' }).content).not.toHaveProperty('adopt');
  });

  it('is part of the digest, and not of what is declined', () => {
    const { content } = planOf({ adopt: true, unmanaged: true });
    const { adopt: _, ...without } = content;
    expect(planDigest(content)).not.toBe(planDigest(without));
    expect(contentKey(content)).toBe(contentKey(without));
  });
});
