import { describe, expect, it } from '@jest/globals';
import type { Values } from '../catalog/entity.js';
import { aPlan, aPlanContent } from '../testing.js';
import { isStepOf } from './covered-by.js';
import type { Plan } from './plan.js';

const CONTENT = aPlanContent({ type: 'upgrade', base: { revision: 1, releaseDigest: 'head 1' } });
const NEXT = aPlanContent({
  type: 'config_update',
  base: { revision: 2, releaseDigest: 'head 2' },
});

function valuesWith(rollout: Values, others: Values = { replicas: 4 }): Values {
  return { ...others, apollo: { rollout } };
}

const BEGUN = { strategy: 'canary', stable: '1.0.0', candidate: '1.1.0', weight: 20 };
const FIRST = aPlan({ state: 'SUCCEEDED', content: CONTENT, values: valuesWith(BEGUN) });

describe('what was agreed to with the first step of a strategy', () => {
  it.each<{ name: string; next?: Partial<Plan>; first?: Partial<Plan>; covers: boolean }>([
    { name: 'another share', covers: true },
    {
      name: 'the handover',
      next: { values: valuesWith({ ...BEGUN, stable: '1.1.0', weight: 100 }) },
      covers: true,
    },
    { name: 'its end', next: { values: { replicas: 4 } }, covers: true },
    { name: 'a step of a hotfix', next: { planClass: 'hotfix' }, covers: true },
    {
      name: 'another share with other values of people',
      next: { values: valuesWith({ ...BEGUN, weight: 50 }, { replicas: 5 }) },
      covers: false,
    },
    { name: 'its end with other values of people', next: { values: {} }, covers: false },
    {
      name: 'another candidate',
      next: { values: valuesWith({ ...BEGUN, candidate: '1.2.0' }) },
      covers: false,
    },
    {
      name: 'another stable version',
      next: { values: valuesWith({ ...BEGUN, stable: '0.9.0' }) },
      covers: false,
    },
    {
      name: 'another strategy',
      next: { values: valuesWith({ ...BEGUN, strategy: 'blue_green' }) },
      covers: false,
    },
    {
      name: 'another chart',
      next: {
        content: { ...NEXT, chart: { name: 'aria', version: '1.1.0', sha256: 'e'.repeat(64) } },
      },
      covers: false,
    },
    { name: 'another entity', next: { content: { ...NEXT, entity: 'b' } }, covers: false },
    { name: 'another spoke', next: { content: { ...NEXT, spoke: 'b' } }, covers: false },
    { name: 'another namespace', next: { content: { ...NEXT, namespace: 'b' } }, covers: false },
    { name: 'another release', next: { content: { ...NEXT, releaseName: 'b' } }, covers: false },
    {
      name: 'another place to go back to',
      next: {
        content: {
          ...NEXT,
          rollbackTarget: {
            ...{ version: '0.9.0', chartSha256: 'a'.repeat(64) },
            valuesDigest: 'b'.repeat(64),
          },
        },
      },
      covers: false,
    },
    {
      name: 'another answer to conflicts',
      next: { content: { ...NEXT, fieldConflicts: 'refuse' } },
      covers: false,
    },
    {
      name: 'a change of the version',
      next: { content: { ...NEXT, type: 'upgrade' } },
      covers: false,
    },
    { name: 'a rollback', next: { planClass: 'requested_rollback' }, covers: false },
    { name: 'what goes on before it is there', first: { state: 'EXECUTING' }, covers: false },
    { name: 'what goes on although it failed', first: { state: 'FAILED' }, covers: false },
    {
      name: 'what goes on with a plan that began none',
      first: { values: { replicas: 4 } },
      covers: false,
    },
  ])('covers ($covers) $name', ({ next, first, covers }) => {
    const plan = aPlan({
      ...{ planClass: 'ordinary', content: NEXT },
      values: valuesWith({ ...BEGUN, weight: 50 }),
      ...next,
    });
    expect(isStepOf(plan, { ...FIRST, ...first })).toBe(covers);
  });
});
