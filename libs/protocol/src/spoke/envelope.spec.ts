import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeHubFrame,
  decodeSpokeFrame,
  encodeSpokeFrame,
  type FrameRefusal,
} from './envelope.js';

const HEAD = { id: 'm-1', epoch: 3, ts: '2026-11-21T10:15:30.250Z' };
const HEARTBEAT = { v: 1, t: 'heartbeat', ...HEAD, p: { running: ['plan-1'], generation: 7 } };

const refused = (frame: unknown): FrameRefusal => {
  const decoded = decodeSpokeFrame(typeof frame === 'string' ? frame : JSON.stringify(frame));
  if (decoded.ok) throw new Error('the frame was read');
  return decoded.error;
};

describe('a frame', () => {
  it('carries its payload, head and version unchanged', () => {
    const text = encodeSpokeFrame('heartbeat', HEARTBEAT.p, { ...HEAD, re: 'm-0' });
    expect(decodeSpokeFrame(text)).toEqual({ ok: true, value: { ...HEARTBEAT, re: 'm-0' } });
  });

  it.each([
    { name: 'of the envelope', frame: { ...HEARTBEAT, trace: 'abc' } },
    { name: 'of the payload', frame: { ...HEARTBEAT, p: { ...HEARTBEAT.p, load: 0.5 } } },
  ])('is read although a member $name is unknown', ({ frame }) => {
    expect(decodeSpokeFrame(JSON.stringify(frame))).toEqual({ ok: true, value: frame });
  });

  it('is not read by the side that sends messages of its type', () => {
    const hello = { ...HEARTBEAT, t: 'welcome', p: { epoch: 1 } };
    expect(refused(hello)).toMatchObject({ code: 'unknown_type', critical: false });
    expect(decodeHubFrame(JSON.stringify({ ...HEARTBEAT, t: 'hello' }))).toMatchObject({
      error: { code: 'unknown_type', critical: false },
    });
  });
});

describe('a frame that cannot be read', () => {
  it.each<{ name: string; frame: unknown; expected: Partial<FrameRefusal> }>([
    {
      name: 'text that is no JSON',
      frame: '{"v":1,',
      expected: { code: 'not_json', critical: true },
    },
    { name: 'nothing', frame: '', expected: { code: 'not_json', critical: true } },
    { name: 'null', frame: 'null', expected: { code: 'not_an_envelope', critical: true } },
    { name: 'a list', frame: [HEARTBEAT], expected: { code: 'not_an_envelope', critical: true } },
    {
      name: 'no id',
      frame: { ...HEARTBEAT, id: undefined },
      expected: { code: 'not_an_envelope', critical: true },
    },
    {
      name: 'an id of 65 characters',
      frame: { ...HEARTBEAT, id: 'x'.repeat(65) },
      expected: { code: 'not_an_envelope', critical: true },
    },
    {
      name: 'a negative epoch',
      frame: { ...HEARTBEAT, epoch: -1 },
      expected: { code: 'not_an_envelope', critical: true },
    },
    {
      name: 'an epoch beyond all numbers',
      frame: JSON.stringify(HEARTBEAT).replace('"epoch":3', '"epoch":1e999'),
      expected: { code: 'not_an_envelope', critical: true },
    },
    {
      name: 'another version',
      frame: { ...HEARTBEAT, v: 2 },
      expected: { code: 'version', critical: true, id: 'm-1' },
    },
    {
      name: 'an unknown type',
      frame: { ...HEARTBEAT, t: 'weather' },
      expected: { code: 'unknown_type', critical: false, id: 'm-1' },
    },
    {
      name: 'an unknown type that calls itself critical',
      frame: { ...HEARTBEAT, t: 'weather', crit: true },
      expected: { code: 'unknown_type', critical: true, id: 'm-1' },
    },
    {
      name: 'the name of a built-in member as its type',
      frame: { ...HEARTBEAT, t: '__proto__' },
      expected: { code: 'unknown_type', critical: false },
    },
    {
      name: 'no payload',
      frame: { ...HEARTBEAT, p: undefined },
      expected: { code: 'not_an_envelope', critical: true },
    },
    {
      name: 'a payload that lacks a member',
      frame: { ...HEARTBEAT, p: { running: [] } },
      expected: { code: 'invalid_payload', critical: true, id: 'm-1' },
    },
    {
      name: 'a member of another kind',
      frame: { ...HEARTBEAT, p: { running: 'plan-1', generation: 7 } },
      expected: { code: 'invalid_payload', critical: true, id: 'm-1' },
    },
    {
      name: 'a verdict that is none',
      frame: {
        ...HEARTBEAT,
        t: 'plan.result',
        p: { planId: 'p', attempt: 1, at: HEAD.ts, result: { verdict: 'maybe', message: '' } },
      },
      expected: { code: 'invalid_payload', critical: true },
    },
  ])('says why: $name', ({ frame, expected }) => {
    expect(refused(frame)).toMatchObject(expected);
  });

  it('names the member at fault', () => {
    const { detail } = refused({ ...HEARTBEAT, p: { running: [], generation: -1 } });
    expect(detail).toContain('heartbeat: /generation');
  });
});

describe('reading whatever comes', () => {
  const decoders = [decodeSpokeFrame, decodeHubFrame];
  const types = ['hello', 'plan.result', 'state.full', 'plan.offer', 'heartbeat', 'constructor'];

  it('never throws for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        for (const decode of decoders) expect(typeof decode(text).ok).toBe('boolean');
      }),
    );
  });

  it('never throws for any payload in a good envelope', () => {
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.jsonValue(), (t, p) => {
        const text = JSON.stringify({ ...HEARTBEAT, t, p });
        for (const decode of decoders) expect(typeof decode(text).ok).toBe('boolean');
      }),
    );
  });

  it('never throws when a good frame is cut or a character of it changes', () => {
    const good = JSON.stringify(HEARTBEAT);
    const position = fc.nat(good.length);
    fc.assert(
      fc.property(position, fc.string({ maxLength: 2 }), fc.boolean(), (at, other, cut) => {
        const text = good.slice(0, at) + other + (cut ? '' : good.slice(at + 1));
        for (const decode of decoders) expect(typeof decode(text).ok).toBe('boolean');
      }),
    );
  });

  it('does not throw for a million brackets', () => {
    const deep = '['.repeat(500_000) + ']'.repeat(500_000);
    expect(refused(deep).code).toBe('not_an_envelope');
    const inside = JSON.stringify({ ...HEARTBEAT, t: 'plan.result', p: 0 }).replace(
      '"p":0',
      `"p":{"planId":"p","attempt":1,"at":"x","result":{"verdict":"unknown","message":"","evidence":{"a":${deep}}}}`,
    );
    expect(typeof decodeSpokeFrame(inside).ok).toBe('boolean');
  });
});
