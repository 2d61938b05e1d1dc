import { describe, expect, it } from '@jest/globals';
import {
  ConstraintSet,
  type PromotionFacts,
  type ReportedRelease,
  type Tier,
} from '@apollo-deploy/domain';
import {
  aConstraint,
  anEnvironment,
  aProduct,
  aRelease,
} from '../testing/records/catalog-records.js';
import { anEntity, aSpoke } from '../testing/records/fleet-records.js';
import { objectionsOf } from './objections-of.js';

const NOW = new Date('2026-03-02T13:00:00.000Z');
const SOAK = aConstraint({ kind: 'soak', spec: { minutes: 60 } });

/** Asks about 1.0.0 to 1.9.0, where 1.5.0 runs, and answers for which it was looked up how they have done. */
function lookedUp(tier: Tier, set: ConstraintSet): readonly string[] {
  const asked: string[] = [];
  const promotionOf = ({ version, product }: { version: string; product: string }) => {
    asked.push(version);
    const facts = {
      changesVersion: true,
      asOf: NOW,
      runs: [],
      lowerEnvironments: [],
      sourceTiers: [],
    };
    return { product, version, tier, ...facts } satisfies PromotionFacts;
  };
  const release: ReportedRelease = {
    helmStatus: 'deployed',
    revision: 1,
    version: '1.5.0',
    valuesDigest: '',
    releaseDigest: '',
    health: 'Healthy',
    drifted: false,
  };
  const destination = {
    entity: anEntity(),
    environment: anEnvironment({ tier }),
    releases: [],
    reported: { at: '2026-03-02T12:00:00.000Z', release },
  };
  const sources = {
    set,
    product: aProduct(),
    promotionOf,
    presence: { now: NOW },
    spoke: aSpoke(),
    waives: [],
  };
  const objections = objectionsOf(destination, sources);
  for (let minor = 0; minor < 10; minor += 1) {
    objections(aRelease({ version: `1.${String(minor)}.0` }));
  }
  return asked;
}

const NEWER = ['1.5.0', '1.6.0', '1.7.0', '1.8.0', '1.9.0'];

describe('how a release has done elsewhere', () => {
  it.each([
    { name: 'nothing asks for it below production', tier: 'development', set: [], expected: [] },
    { name: 'production asks of what is newer', tier: 'production', set: [], expected: NEWER },
    { name: 'a soak asks of what is newer', tier: 'staging', set: [SOAK], expected: NEWER },
    { name: 'both ask at once', tier: 'production', set: [SOAK], expected: NEWER },
  ] as const)('is looked up once a release, and only where $name', ({ tier, set, expected }) => {
    expect(lookedUp(tier, new ConstraintSet(set))).toEqual(expected);
  });
});
