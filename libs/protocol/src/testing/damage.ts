export type DamagedJson =
  null | boolean | number | string | DamagedJson[] | { [member: string]: DamagedJson };

/** One thing done to one member or item of a JSON value; `at` counts them all, and wraps around. */
export interface JsonDamage {
  readonly at: number;
  readonly how: 'replace' | 'remove' | 'add' | 'repeat';
  readonly value: DamagedJson;
}

/** A copy of the value with the damage done, in order. */
export function damagedJson(good: DamagedJson, damages: readonly JsonDamage[]): DamagedJson {
  const copy = structuredClone(good);
  for (const damage of damages) damageAt(copy, damage);
  return copy;
}

function damageAt(root: DamagedJson, { at, how, value }: JsonDamage): void {
  const slots = placesOf(root).flatMap((place) =>
    Object.keys(place).map((key) => ({ place: place as { [member: string]: DamagedJson }, key })),
  );
  const slot = slots[at % Math.max(slots.length, 1)];
  if (slot === undefined) return;
  const { place, key } = slot;
  if (how === 'replace') place[key] = structuredClone(value);
  else if (how === 'remove') delete place[key];
  else if (how === 'add') place['unheard-of'] = structuredClone(value);
  else if (Array.isArray(place)) place.push(...(place as DamagedJson[]).slice(0, 3));
}

/** Every list and object. */
function placesOf(value: DamagedJson): (DamagedJson[] | { [member: string]: DamagedJson })[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(placesOf)];
}

/** A stretch of a text taken out, and another put in its place. */
export interface TextDamage {
  /** Wraps around. */
  readonly at: number;
  readonly drop: number;
  readonly insert: string;
}

export function damagedText(good: string, { at, drop, insert }: TextDamage): string {
  const from = at % (good.length + 1);
  return good.slice(0, from) + insert + good.slice(from + drop);
}
