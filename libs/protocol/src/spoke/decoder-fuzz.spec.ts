import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { Check } from 'typebox/value';
import {
  damagedJson,
  type DamagedJson as Json,
  damagedText,
  type JsonDamage,
} from '../testing/damage.js';
import { decodeHubFrame, decodeSpokeFrame } from './envelope.js';
import { HUB_MESSAGES, SPOKE_MESSAGES } from './messages.js';

const FIXTURES = new URL('../../fixtures/v1/', import.meta.url);
/** The same frames each time; another number tries others. */
const SEED = 20_261_122;
const RUNS = 3000;

const SIDES = [
  { side: 'spoke', decode: decodeSpokeFrame, messages: SPOKE_MESSAGES },
  { side: 'hub', decode: decodeHubFrame, messages: HUB_MESSAGES },
] as const;

/** Every frame of the side that was recorded, alone and in conversations. */
function framesOf(side: 'hub' | 'spoke'): readonly Json[] {
  const [alone, conversations] = [filesIn(`${side}/`), filesIn('transcripts/')];
  const said = conversations.flatMap((steps) =>
    (steps as { [S in typeof side]?: Json }[]).flatMap((step) => step[side] ?? []),
  );
  return [...alone, ...said];
}

function filesIn(folder: string): readonly Json[] {
  const url = new URL(folder, FIXTURES);
  return readdirSync(url).map(
    (file) => JSON.parse(readFileSync(new URL(file, url), 'utf8')) as Json,
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
const change: fc.Arbitrary<JsonDamage> = fc.record({
  at: fc.nat(10_000),
  how: fc.constantFrom('replace' as const, 'remove' as const, 'add' as const, 'repeat' as const),
  value: odd,
});

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
        const text = JSON.stringify(damagedJson(good[which] ?? null, changes));
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
      fc.property(damage, ({ which, ...one }) => {
        const damaged = damagedText(texts[which] ?? '', one);
        return decode(damaged).ok === isFrame(damaged, messages);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it('reads nothing in random bytes, and ends at none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4000 }), (bytes) => {
        const decoded = decode(Buffer.from(bytes).toString('utf8'));
        return !decoded.ok && isText(decoded.error.detail, 5, 2048);
      }),
      { seed: SEED, numRuns: RUNS / 3 },
    );
  });

  it('says of every frame it refuses why, in words that fit an error message', () => {
    fc.assert(
      fc.property(fc.nat(good.length - 1), change, (which, one) => {
        const decoded = decode(JSON.stringify(damagedJson(good[which] ?? null, [one])));
        return decoded.ok || isText(decoded.error.detail, 5, 2048);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });
});
