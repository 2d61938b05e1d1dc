import { describe, expect, it } from '@jest/globals';
import { jsonDigest } from '@apollo-deploy/kernel';
import type { Entity } from '../catalog/entity.js';
import type { Hold } from '../holds/hold.js';
import { anEntity } from '../testing.js';
import { carriedVersion } from './carried-version.js';
import type { PlanClass } from './plan-class.js';
import type { Restraints } from './restraints.js';

const CHART = { name: 'aria', version: '1.1.0', sha256: 'c'.repeat(64) };

const HOLD: Hold = {
  ...{ id: 'hold-1', entity: 'aria-dev', until: 'lifted', reason: 'it rolled back' },
  ...{ cause: 'rollback', by: 'engine', at: '2026-01-05T09:00:00.000Z' },
};

describe('the version of an entity that goes with a plan', () => {
  it.each<{
    readonly name: string;
    readonly entity?: Partial<Entity>;
    readonly planClass?: PlanClass;
    readonly chart?: typeof CHART | null;
    readonly restraints?: Restraints;
    readonly expected: number | undefined;
  }>([
    { name: 'is that of its channel and values', expected: 5 },
    { name: 'is that of its pin', entity: { desired: { version: '1.1.0' } }, expected: 5 },
    {
      name: 'is none where a recall brings other than the pin',
      ...{ entity: { desired: { version: '1.0.0' } }, planClass: 'roll_off', expected: undefined },
    },
    { name: 'is none of other values', entity: { values: { a: 1 } }, expected: undefined },
    {
      name: 'is none of what takes a failure back',
      ...{ planClass: 'automatic_rollback', expected: undefined },
    },
    { name: 'is none of what a hold fixes', restraints: { hold: HOLD }, expected: undefined },
    {
      name: 'is that of a pin that a hold fixes, too',
      ...{ entity: { desired: { version: '1.1.0' } }, restraints: { hold: HOLD }, expected: 5 },
    },
    {
      name: 'is that of what should be absent',
      ...{ entity: { desired: { absent: true } }, chart: null, expected: 5 },
    },
    { name: 'is none of an uninstall that nobody asked for', chart: null, expected: undefined },
  ])('$name', ({ entity, planClass = 'ordinary', chart = CHART, restraints = {}, expected }) => {
    const valuesDigest = chart === null ? null : jsonDigest({});
    const plan = { planClass, content: { chart, valuesDigest }, restraints };
    expect(carriedVersion(anEntity({ version: 5, ...entity }), plan)).toBe(expected);
  });
});
