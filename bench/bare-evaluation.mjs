// The same questions as an evaluation asks, by hand: everything is looked up and parsed beforehand.
// Dependencies are asked about both ways, as the rule is: whether what an entity needs is in its range,
// and whether the entity stays in the range of those that need it.
import { parseRange, parseVersion, rangeAllows } from '@apollo-deploy/domain';
import { jsonDigest } from '@apollo-deploy/kernel';
import { NOW, TARGET, VALUES } from './fleet.mjs';
import { valueOf } from './value-of.mjs';

/** @typedef {ReturnType<typeof bareFacts>} BareFacts */

/** @param {readonly import('./facts.mjs').Loaded[]} loaded */
export function bareFacts(loaded) {
  const range = valueOf(parseRange('^1.0.0'));
  const versions = new Map(
    ['1.0.0', '1.1.0', '1.2.0'].map((text) => [text, valueOf(parseVersion(text))]),
  );
  const target = versions.get(TARGET);
  const hour = 3_600_000;
  return {
    target: TARGET,
    valuesDigest: jsonDigest(VALUES),
    now: NOW.getTime(),
    window: { open: NOW.getTime() - hour, close: NOW.getTime() + hour },
    suppression: { start: NOW.getTime() + hour, end: NOW.getTime() + 2 * hour },
    entities: loaded.map(({ entityFacts, neighbours }) => ({
      reported: entityFacts.reported?.release ?? null,
      ranges: neighbours.flatMap(({ version, dependencies }) => {
        const needsIt = dependencies.some(({ product }) => product === entityFacts.product.name);
        return [{ range, version: needsIt ? target : versions.get(version ?? '') }];
      }),
    })),
  };
}

/**
 * How many entities need a plan.
 * @param {BareFacts} facts
 */
export function bareLoop({ entities, target, valuesDigest, now, window, suppression }) {
  let plans = 0;
  for (const { reported, ranges } of entities) {
    const isThere = reported !== null && reported.helmStatus === 'deployed' && !reported.drifted;
    const same = isThere && reported.version === target && reported.valuesDigest === valuesDigest;
    const open = now >= window.open && now < window.close;
    const suppressed = now >= suppression.start && now < suppression.end;
    let allowed = true;
    for (const { range, version } of ranges) {
      if (version === undefined || !rangeAllows(range, version)) allowed = false;
    }
    if (!same && open && !suppressed && allowed) plans += 1;
  }
  return plans;
}
