import { describe, expect, it } from '@jest/globals';
import { sha256Hex } from '@apollo-deploy/kernel';
import { aPlanContent } from '../testing.js';
import { isCoveredBy } from './covered-by.js';
import type { PlanClass } from './plan-class.js';
import type { PlanContent } from './plan.js';

const BACK = aPlanContent({ type: 'rollback', base: { revision: 2, releaseDigest: 'head 2' } });
const UPGRADE = aPlanContent({
  type: 'upgrade',
  chart: { name: 'aria', version: '1.1.0', sha256: sha256Hex('aria 1.1.0') },
  rollbackTarget: {
    version: '1.0.0',
    chartSha256: sha256Hex('aria 1.0.0'),
    valuesDigest: BACK.valuesDigest ?? '',
  },
});
const { rollbackTarget: _, ...SILENT } = UPGRADE;

function towards(change: Partial<NonNullable<PlanContent['rollbackTarget']>>): PlanContent {
  return {
    ...UPGRADE,
    rollbackTarget: {
      version: '',
      chartSha256: '',
      valuesDigest: '',
      ...UPGRADE.rollbackTarget,
      ...change,
    },
  };
}

describe('the approval of another plan', () => {
  it.each<{
    name: string;
    planClass?: PlanClass;
    content?: PlanContent;
    other?: PlanContent;
    covers: boolean;
  }>([
    { name: 'a rollback to its rollback target', covers: true },
    { name: 'a rollback to another version', other: towards({ version: '0.9.0' }), covers: false },
    { name: 'a rollback to other bytes', other: towards({ chartSha256: 'e' }), covers: false },
    { name: 'a rollback to other values', other: towards({ valuesDigest: 'e' }), covers: false },
    { name: 'a rollback of what names no target', other: SILENT, covers: false },
    { name: 'a rollback of another entity', other: { ...UPGRADE, entity: 'b' }, covers: false },
    { name: 'a rollback on another spoke', other: { ...UPGRADE, spoke: 'b' }, covers: false },
    { name: 'a rollback elsewhere', other: { ...UPGRADE, namespace: 'b' }, covers: false },
    { name: 'that of another release', other: { ...UPGRADE, releaseName: 'b' }, covers: false },
    { name: 'a rollback that a person asked for', planClass: 'requested_rollback', covers: false },
    { name: 'a roll-off', planClass: 'roll_off', covers: false },
    {
      name: 'a repair of its content, by whatever type of plan',
      planClass: 'repair',
      content: { ...UPGRADE, type: 'config_update' },
      covers: true,
    },
    { name: 'a repair of other content', planClass: 'repair', covers: false },
    {
      name: 'anything ordinary with its content',
      planClass: 'ordinary',
      content: UPGRADE,
      covers: false,
    },
  ])(
    'covers ($covers) $name',
    ({ planClass = 'automatic_rollback', content = BACK, other = UPGRADE, covers }) => {
      expect(isCoveredBy({ planClass, content }, { content: other })).toBe(covers);
    },
  );
});
