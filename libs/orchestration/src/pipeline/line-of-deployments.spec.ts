import { describe, expect, it } from '@jest/globals';
import { type Deployment, isInForce, secondsBetween } from '@apollo-deploy/domain';
import fc from 'fast-check';
import { PERSON } from '../testing/engine-world.js';
import {
  type Death,
  LINE_PLACES,
  LINE_VERSIONS,
  type LinePlace,
  LineWorld,
} from '../testing/line-world.js';

/** Something that happens, after which all that is to be done is done. */
type Happening =
  | { readonly is: 'deploy'; readonly version: string; readonly death?: Death | undefined }
  | { readonly is: 'promote'; readonly death?: Death | undefined }
  | {
      readonly is: 'hotfix';
      readonly version: string;
      readonly mayWaive: boolean;
      readonly death?: Death | undefined;
    }
  | { readonly is: 'roll_back'; readonly place: LinePlace; readonly death?: Death | undefined }
  | { readonly is: 'end'; readonly place: LinePlace; readonly how: 'well' | 'sick' | 'failed' }
  | { readonly is: 'approve' }
  | { readonly is: 'say_again' }
  | { readonly is: 'pass'; readonly ms: number }
  | { readonly is: 'die'; readonly death: Death };

const death = fc.record<Death>({
  at: fc.integer({ min: 1, max: 6 }),
  when: fc.constantFrom('before', 'after'),
});
const mortal = { death: fc.option(death, { nil: undefined, freq: 4 }) };
const version = fc.constantFrom(...LINE_VERSIONS);
const place = fc.constantFrom(...LINE_PLACES);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ is: fc.constant('deploy' as const), version, ...mortal }) },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('promote' as const), ...mortal }) },
  {
    weight: 4,
    arbitrary: fc.record({
      ...{ is: fc.constant('hotfix' as const), version, mayWaive: fc.boolean() },
      ...mortal,
    }),
  },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('roll_back' as const), place, ...mortal }) },
  {
    weight: 6,
    arbitrary: fc.record({
      ...{ is: fc.constant('end' as const), place },
      how: fc.constantFrom('well', 'well', 'sick', 'failed'),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ is: 'approve' as const }) },
  { weight: 1, arbitrary: fc.constant({ is: 'say_again' as const }) },
  {
    weight: 5,
    arbitrary: fc.record({
      is: fc.constant('pass' as const),
      ms: fc.constantFrom(5_000, 15_000, 15_000, 1_200_000, 15_000_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('die' as const), death }) },
);

function carryOut(world: LineWorld, one: Happening): Promise<void> {
  switch (one.is) {
    case 'deploy':
      return world.deploy(one.version, one.death);
    case 'promote':
      return world.promote(one.death);
    case 'hotfix':
      return world.hotfix(one.version, one.mayWaive, one.death);
    case 'roll_back':
      return world.rollBack(one.place, one.death);
    case 'end':
      return world.end(one.place, one.how);
    case 'approve':
      return world.approve();
    case 'say_again':
      return world.sayAgain();
    case 'pass':
      return world.pass(one.ms);
    case 'die':
      return world.follow(one.death);
  }
}

/** How long after it was asked for a hotfix goes past anything. */
const LASTS_S = 4 * 3_600;

/** What must hold whatever happens: who stands in line behind whom, and what is open. */
async function lawsBroken(world: LineWorld, seen: Map<string, Deployment>): Promise<string[]> {
  const broken: string[] = [];
  const deployments = await world.deployments();
  const underWay = deployments.filter(({ endedAt }) => endedAt === undefined);
  for (const environment of LINE_PLACES) {
    const here = underWay.filter((one) => one.environment === environment);
    const begun = here.filter(({ queued }) => !queued);
    const inLine = here.filter(({ queued }) => queued);
    if (begun.length > 1) broken.push(`two have begun in ${environment}`);
    if (inLine.length > 1) broken.push(`two stand in line in ${environment}`);
    const [first] = begun;
    if (first !== undefined && inLine.some((one) => isOlder(one, first, deployments))) {
      broken.push(`an older one stands in line behind a newer one in ${environment}`);
    }
  }
  for (const one of deployments) broken.push(...brokenBy(one, seen.get(one.id), deployments));
  for (const glass of (await world.owed()).filter((one) => isInForce(one, world.now))) {
    const of = underWay.find(({ breakGlass }) => breakGlass === glass.id);
    if (of === undefined || of.queued) broken.push(`break-glass ${glass.id} is open for nothing`);
  }
  for (const one of deployments) seen.set(one.id, one);
  return broken;
}

function brokenBy(
  one: Deployment,
  before: Deployment | undefined,
  all: readonly Deployment[],
): string[] {
  const { id, queued, breakGlassGrant: grant, supersededBy, breakGlass } = one;
  const newer = all.find((other) => other.id === supersededBy);
  const mayBreakGlass = grant !== undefined && grant.refused === undefined;
  const executes = one.targets.some(({ state }) => state === 'executing');
  const laws: readonly (readonly [broken: boolean, law: string])[] = [
    [queued && breakGlass !== undefined, 'has broken glass in line'],
    [!queued && mayBreakGlass, 'is not in line, and could still break glass'],
    [before?.queued === false && queued, 'went back into line'],
    [before?.endedAt !== undefined && before.status !== one.status, 'ended twice'],
    [newer !== undefined && !isOlder(one, newer, all), 'gave way to an older one'],
    [supersededBy !== undefined && executes, 'gave way while it executed'],
    [wentPast(before, newer), 'went past something, and gave way to a hotfix that does not'],
  ];
  return laws.filter(([broken]) => broken).map(([, law]) => `${id} ${law}`);
}

/** Whether a hotfix that a break-glass let past something, or was to, gave way to one that none lets. */
function wentPast(before: Deployment | undefined, newer: Deployment | undefined): boolean {
  if (before === undefined || before.endedAt !== undefined || newer?.kind !== 'hotfix')
    return false;
  const { breakGlass, breakGlassGrant: grant, deployedAt } = before;
  const could = breakGlass !== undefined || (grant !== undefined && grant.refused === undefined);
  const isOver = secondsBetween(deployedAt, newer.deployedAt) >= LASTS_S;
  return could && !isOver && newer.deployedBy === PERSON.name;
}

/** `all`: in the order in which they were asked for. */
function isOlder(one: Deployment, other: Deployment, all: readonly Deployment[]): boolean {
  return all.indexOf(one) < all.indexOf(other);
}

describe('the line of deployments', () => {
  it('has one that executes at a place, whatever is asked for, ends and dies, and comes to its end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 8, maxLength: 24 }), async (happenings) => {
        const world = await LineWorld.build();
        const seen = new Map<string, Deployment>();
        for (const one of happenings) {
          await carryOut(world, one);
          expect(await lawsBroken(world, seen)).toEqual([]);
          await world.follow();
          expect(await lawsBroken(world, seen)).toEqual([]);
        }
        expect(await world.drain()).toEqual([]);
        expect(await lawsBroken(world, seen)).toEqual([]);
        const open = (await world.owed()).filter((glass) => isInForce(glass, world.now));
        expect(open).toEqual([]);
      }),
      { numRuns: 15 },
    );
  }, 600_000);
});
