// Benchmark 9: ranges between installations, both ways.
import {
  dependencyRangeViolations,
  parseRange,
  parseVersion,
  rangeAllows,
  storedRanges,
} from '@apollo-deploy/domain';
import { interleave, rounded } from './interleave.mjs';
import { valueOf } from './value-of.mjs';
import { whyNot } from './why-not.mjs';

const REACH = 2;
/** Products on each spoke. */
const SPOKE = 5;

/** `edges`: ranges that are looked at, those of a plan's own release and those of its dependents. */
export const sizes = {
  full: { edges: 100_000, products: 500, rounds: 9 },
  tiny: { edges: 1000, products: 20, rounds: 1 },
};

/** @param {typeof sizes.full} size */
export async function run({ edges, products, rounds }) {
  // Each plan needs two others on its spoke, and two others there need it: four edges.
  const plans = plansOf(Math.ceil(edges / 4), products);
  const pairs = pairsOf(plans);
  const parsedBefore = storedRanges.parsed;
  const forbidden = plans.flatMap((facts) => dependencyRangeViolations(facts)).length;
  const outside = outOfRange(pairs);
  if (forbidden !== outside) {
    throw new Error(`the arms disagree: ${forbidden} violations, ${outside} pairs out of range`);
  }
  const ms = interleave(
    {
      apollo: {
        run: () => plans.reduce((sum, facts) => sum + dependencyRangeViolations(facts).length, 0),
      },
      bare: { run: () => outOfRange(pairs) },
    },
    { rounds },
  );
  const ratio = ms.apollo / ms.bare;
  const distinctRanges = new Set(pairs.map(({ range }) => range)).size;
  const parses = storedRanges.parsed - parsedBefore;
  return {
    bench: 'dependencies',
    n: pairs.length,
    arms: {
      apollo:
        'dependencyRangeViolations of each plan: who is needed, where, in which range, and who needs it; a pair of texts that was compared is not compared again',
      bare: 'rangeAllows over the same pairs of a parsed range and a parsed version, in a row',
    },
    products,
    distinctRanges,
    parses,
    violations: forbidden,
    nsPerEdge: rounded((ms.apollo * 1e6) / pairs.length),
    bareNsPerEdge: rounded((ms.bare * 1e6) / pairs.length),
    ratio: rounded(ratio),
    reach: `ratio <= ${REACH}, parses = distinctRanges, however often all are looked at`,
    met: ratio <= REACH && parses === distinctRanges,
    ...whyNot([
      [ratio > REACH, 'the bare loop is handed the pairs; the rule has to find them'],
      [parses !== distinctRanges, 'a range was parsed more than once'],
    ]),
  };
}

/**
 * Facts of plans, five products a spoke in a ring: each needs the next two. There are two releases of
 * a product; a spoke runs the one or the other. About one range in fifty does not allow what runs.
 * @param {number} count
 * @param {number} products
 */
function plansOf(count, products) {
  const releases = [0, 1].map((variant) =>
    Array.from({ length: products }, (_, product) => releaseOf(product, variant)),
  );
  /** @type {import('@apollo-deploy/domain').DependencyFacts[]} */
  const plans = [];
  for (let spoke = 0; plans.length < count; spoke += 1) {
    const first = (spoke * SPOKE) % products;
    const here = (releases[Math.floor((spoke * SPOKE) / products) % 2] ?? [])
      .slice(first, first + SPOKE)
      .map(({ product, version, dependencies }, place) => ({
        entity: `entity-${spoke}-${place}`,
        spoke: `spoke-${spoke}`,
        product,
        version,
        running: true,
        trouble: '',
        dependencies,
      }));
    for (const { entity, product, version, dependencies, spoke: name } of here) {
      const others = here.filter((other) => other.entity !== entity);
      const declared = dependencies;
      plans.push({ entity, spoke: name, product, targetVersion: version, declared, others });
    }
  }
  return plans;
}

/**
 * @param {number} product
 * @param {number} variant
 */
function releaseOf(product, variant) {
  const block = product - (product % SPOKE);
  return {
    product: `product-${product}`,
    version: `2.${product % 40}.${variant}`,
    dependencies: [1, 2].map((step) => ({
      product: `product-${block + ((product + step) % SPOKE)}`,
      range: rangeOf((product * 2 + variant) * 2 + step),
      optional: false,
    })),
  };
}

/**
 * A text that no other kind has.
 * @param {number} kind
 */
function rangeOf(kind) {
  return kind % 50 === 0 ? `>=3.0.0 <4.0.${kind}` : `>=2.0.0 <9.0.${kind}`;
}

/**
 * What a loop without any searching would look at, each text parsed once beforehand.
 * @param {readonly import('@apollo-deploy/domain').DependencyFacts[]} plans
 */
function pairsOf(plans) {
  const rangeFrom = remembering((text) => valueOf(parseRange(text)));
  const versionFrom = remembering((text) => valueOf(parseVersion(text)));
  return plans.flatMap(({ product, targetVersion, declared, others }) => {
    const own = declared.map(({ product: needed, range }) => ({
      range: rangeFrom(range),
      version: versionFrom(others.find((other) => other.product === needed)?.version ?? ''),
    }));
    const back = others.flatMap(({ dependencies }) =>
      dependencies
        .filter((dependency) => dependency.product === product)
        .map(({ range }) => ({
          range: rangeFrom(range),
          version: versionFrom(targetVersion ?? ''),
        })),
    );
    return [...own, ...back];
  });
}

/**
 * @template T
 * @param {(text: string) => T} parse
 * @returns {(text: string) => T}
 */
function remembering(parse) {
  /** @type {Map<string, T>} */
  const known = new Map();
  return (text) => {
    const value = known.get(text) ?? parse(text);
    known.set(text, value);
    return value;
  };
}

/** @param {readonly { range: import('@apollo-deploy/domain').VersionRange, version: import('@apollo-deploy/domain').Version }[]} pairs */
function outOfRange(pairs) {
  let out = 0;
  for (const { range, version } of pairs) if (!rangeAllows(range, version)) out += 1;
  return out;
}
