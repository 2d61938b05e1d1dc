import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { decodeHubFrame, decodeSpokeFrame } from './envelope.js';
import { HUB_MESSAGES, SPOKE_MESSAGES } from './messages.js';

const FIXTURES = new URL('../../fixtures/v1/', import.meta.url);
/** The same frames each time; another number tries others. */
const SEED = 20_261_122;
const RUNS = 3000;

type Json = null | boolean | number | string | Json[] | { [member: string]: Json };

const SIDES = [
  { side: 'spoke', decode: decodeSpokeFrame, messages: SPOKE_MESSAGES },
  { side: 'hub', decode: decodeHubFrame, messages: HUB_MESSAGES },
] as const;

function framesOf(side: 'hub' | 'spoke'): readonly Json[] {
  const folder = new URL(`${side}/`, FIXTURES);
  return readdirSync(folder).map(
    (file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Json,
  );
}

/** What may take the place of any value. */
const odd = fc.oneof(
  fc.constantFrom<Json>(null, true, 0, -1, 1, 1.5, 2 ** 53, 1e300, '', [], {}),
  fc.constantFrom<Json>('x'.repeat(41), 'x'.repeat(65), 'x'.repeat(5000), '\u0000', '\ud83d'),
  fc.constantFrom<Json>('hello', 'welcome', 'plan.offer', '__proto__', 'constructor', 'weather'),
  fc.constantFrom<Json>('0'.repeat(64), 'succeeded', 'declined', 'helm', 'install', 'Healthy'),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
);
const change = fc.record({
  at: fc.nat(10_000),
  how: fc.constantFrom('replace', 'remove', 'add', 'repeat'),
  value: odd,
});

/** Every list and object of a frame. */
function placesOf(value: Json): (Json[] | { [member: string]: Json })[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(placesOf)];
}

/** Does one thing to one member or item, somewhere in the frame. */
function apply(frame: Json, { at, how, value }: { at: number; how: string; value: Json }): void {
  const slots = placesOf(frame).flatMap((place) =>
    Object.keys(place).map((key) => ({ place: place as { [member: string]: Json }, key })),
  );
  const slot = slots[at % Math.max(slots.length, 1)];
  if (slot === undefined) return;
  const { place, key } = slot;
  if (how === 'replace') place[key] = value;
  else if (how === 'remove') delete place[key];
  else if (how === 'add') place['unheard-of'] = value;
  else if (Array.isArray(place)) place.push(...(place as Json[]).slice(0, 3));
}

const isText = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'string' && [...value].length >= least && [...value].length <= most;

/** What a frame has to be, said a second time, and checked without the compiled schemas. */
function isFrame(text: string, messages: Readonly<Record<string, TSchema>>): boolean {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return false;
  }
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) return false;
  const { v, t, id, re, epoch, ts, crit, p } = frame as Readonly<Record<string, unknown>>;
  const schema = typeof t === 'string' && Object.hasOwn(messages, t) ? messages[t] : undefined;
  return [
    v === 1,
    isText(id, 1, 64),
    re === undefined || isText(re, 1, 64),
    Number.isInteger(epoch) && Number(epoch) >= 0,
    isText(ts, 0, 40),
    crit === undefined || typeof crit === 'boolean',
    schema !== undefined && Check(schema, p),
  ].every(Boolean);
}

describe.each(SIDES)('the decoder of frames of a $side', ({ side, decode, messages }) => {
  const good = framesOf(side);

  it('reads exactly what the schemas allow, whatever is changed in a good frame', () => {
    let read = 0;
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.array(change, { maxLength: 4 }), (which, changes) => {
        const frame = structuredClone(good[which] ?? null);
        for (const one of changes) apply(frame, structuredClone(one));
        const text = JSON.stringify(frame);
        const decoded = decode(text);
        read += decoded.ok ? 1 : 0;
        const same = !decoded.ok || JSON.stringify(decoded.value) === text;
        return same && decoded.ok === isFrame(text, messages);
      }),
      { seed: SEED, numRuns: RUNS },
    );
    // Neither everything nor nothing.
    expect(read).toBeGreaterThan(RUNS / 20);
    expect(read).toBeLessThan(RUNS * 0.8);
  });

  it('reads exactly what the schemas allow, whatever happens to the text of a good frame', () => {
    const texts = good.map((frame) => JSON.stringify(frame));
    const damage = fc.record({
      which: fc.nat(good.length - 1),
      at: fc.nat(2000),
      drop: fc.nat(40),
      insert: fc.string({ unit: 'binary', maxLength: 3 }),
    });
    fc.assert(
      fc.property(damage, ({ which, at, drop, insert }) => {
        const text = texts[which] ?? '';
        const from = at % (text.length + 1);
        const damaged = text.slice(0, from) + insert + text.slice(from + drop);
        return decode(damaged).ok === isFrame(damaged, messages);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it('says of every frame it refuses why, in words that fit an error message', () => {
    fc.assert(
      fc.property(fc.nat(good.length - 1), change, (which, one) => {
        const frame = structuredClone(good[which] ?? null);
        apply(frame, structuredClone(one));
        const decoded = decode(JSON.stringify(frame));
        return decoded.ok || isText(decoded.error.detail, 5, 2048);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });
});
