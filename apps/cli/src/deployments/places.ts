import { type Static, Type } from 'typebox';
import type { Call } from '../call.js';
import type { Answer, Page } from '../hub/hub-client.js';
import { route, withQuery } from '../hub/route.js';
import { plain } from '../output/plain.js';

const Text = Type.String();
const EnvironmentView = Type.Object({ name: Text, tier: Text });
const PlaceView = Type.Object({
  name: Text,
  environment: Text,
  spoke: Text,
  status: Text,
  why: Text,
  reported: Type.Union([Type.Object({ version: Text, health: Text }), Type.Null()]),
});
/** What is to run of a service at one spoke, and what does. */
export type PlaceView = Static<typeof PlaceView>;

/** Environments have these names too, where there is one of the tier alone. */
const TIER_OF_ALIAS: ReadonlyMap<string, string> = new Map([
  ['dev', 'development'],
  ['staging', 'staging'],
  ['prod', 'production'],
]);
const LOWEST_FIRST = ['development', 'staging', 'production'];
const MOST = '200';

/** An environment, and what runs of a service there. */
export interface Place {
  readonly environment: string;
  readonly tier: string;
  /** Versions; empty = none was reported. */
  readonly runs: readonly string[];
}

/** Where a service is to run, and what of it does, by name. */
export async function entitiesOf(call: Call, product: string): Promise<Answer<Page<PlaceView>>> {
  return call.hub.list(withQuery(route`entities`, { product, limit: MOST }), PlaceView);
}

/** The environments that one may see, lowest tier first, with what runs of a service there. */
export async function placesOf(call: Call, service: string): Promise<readonly Place[]> {
  const environments = await call.hub.list(
    withQuery(route`environments`, { limit: MOST }),
    EnvironmentView,
  );
  const { items } = (await entitiesOf(call, service)).body;
  return environments.body.items
    .map(({ name, tier }) => {
      const there = items.filter(({ environment }) => environment === name);
      const versions = there.flatMap(({ reported }) => reported?.version ?? []);
      return { environment: name, tier, runs: [...new Set(versions)] };
    })
    .sort((one, other) => rank(one) - rank(other));
}

/** The place that a name of an environment means, if there is one. */
export function placeNamed(places: readonly Place[], name: string): Place | undefined {
  const [only, ...more] = places.filter(({ tier }) => tier === TIER_OF_ALIAS.get(name));
  return (
    places.find(({ environment }) => environment === name) ?? (more.length === 0 ? only : undefined)
  );
}

/** A place in words, such as `prod (production), where 1.0.0 runs`. */
export function tellPlace(place: Place | undefined, name: string): string {
  if (place === undefined) return plain(name);
  const { environment, tier, runs } = place;
  const what =
    runs.length === 0 ? 'where it does not run' : `where ${runs.map(plain).join(', ')} runs`;
  return `${plain(environment)} (${plain(tier)}), ${what}`;
}

/** Whether it is what users use: nobody wants to have touched that by mistake. */
export function isProduction(place: Place | undefined): boolean {
  return place?.tier === 'production';
}

function rank({ tier }: Place): number {
  return LOWEST_FIRST.indexOf(tier);
}
