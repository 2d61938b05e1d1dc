import { describe, expect, it } from '@jest/globals';
import { desiredValues, type Rollout, rolloutIn, saysRollout, withoutRollout } from './rollout.js';

const SHA = 'a'.repeat(64);
const VALUES = { strategy: 'canary', stable: '1.0.0', candidate: '1.1.0', weight: 20 } as const;
const ROLLOUT: Rollout = {
  ...{ deployment: 'deploy_1', chartSha256: SHA, values: VALUES },
  strategy: 'canary',
};

describe('the values of an entity', () => {
  it.each<{
    name: string;
    entity: Parameters<typeof desiredValues>[0];
    said: ReturnType<typeof desiredValues>;
  }>([
    { name: 'are those of people without a rollout', entity: { values: { a: 1 } }, said: { a: 1 } },
    {
      name: 'say what its rollout says',
      entity: { values: { a: 1 }, rollout: ROLLOUT },
      said: { a: 1, apollo: { rollout: VALUES } },
    },
    {
      name: 'keep what people say beside it',
      entity: { values: { apollo: { other: true, rollout: 'old' } }, rollout: ROLLOUT },
      said: { apollo: { other: true, rollout: VALUES } },
    },
    {
      name: 'say nothing at its last step',
      entity: { values: { a: 1 }, rollout: { ...ROLLOUT, values: null } },
      said: { a: 1 },
    },
    {
      name: 'say nothing with another chart',
      entity: { values: { a: 1 }, rollout: { ...ROLLOUT, chartSha256: 'b'.repeat(64) } },
      said: { a: 1 },
    },
  ])('$name', ({ entity, said }) => {
    expect(desiredValues(entity, SHA)).toEqual(said);
  });

  it('say nothing where nothing is to be there', () => {
    expect(desiredValues({ values: { a: 1 }, rollout: ROLLOUT }, undefined)).toEqual({ a: 1 });
  });
});

describe('what values say of a rollout', () => {
  it.each([
    { name: 'nothing', values: { a: 1 }, rest: { a: 1 }, said: undefined, says: false },
    {
      name: 'nothing in a group that is none',
      values: { apollo: [VALUES] },
      ...{ rest: { apollo: [VALUES] }, said: undefined, says: false },
    },
    {
      name: 'something',
      values: { a: 1, apollo: { rollout: VALUES } },
      ...{ rest: { a: 1 }, said: VALUES, says: true },
    },
    {
      name: 'something beside something else',
      values: { apollo: { rollout: VALUES, other: 1 } },
      ...{ rest: { apollo: { other: 1 } }, said: VALUES, says: true },
    },
    {
      name: 'something that Apollo would not say',
      values: { apollo: { rollout: { ...VALUES, weight: '20' } } },
      ...{ rest: {}, said: undefined, says: true },
    },
  ])('is $name', ({ values, rest, said, says }) => {
    expect(rolloutIn(values)).toEqual(said);
    expect(withoutRollout(values)).toEqual(rest);
    expect(saysRollout(values)).toBe(says);
  });
});
