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

const HELLO = {
  ...{ agentVersion: '0.1.0', protocol: { min: 1, max: 1 }, agentInstance: 'agent-1' },
  ...{ clusterUid: 'uid-1', helmVersion: '4.3.1', kubernetesVersion: 'v1.36.3+k3s1' },
  ...{ capabilities: ['config_update'], simulated: false, clock: HEAD.ts },
};

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

  it.each([
    { name: 'a turned word in a version', change: { helmVersion: '\u202ev4.3.1' } },
    { name: 'an invisible letter in a version', change: { agentVersion: '0.1\u200b.0' } },
    { name: 'colours in a version', change: { kubernetesVersion: '\u001b[31mv1.36.3' } },
    { name: 'a line break in a capability', change: { capabilities: ['install\nupgrade'] } },
    { name: 'a turned word for a process', change: { agentInstance: '\u202eagent' } },
    { name: 'an invisible letter in a cluster', change: { clusterUid: 'uid\u200b' } },
  ])('says why: a hello with $name', ({ change }) => {
    const hello = { ...HELLO, ...change };
    const [member = ''] = Object.keys(change);
    const error = refused({ ...HEARTBEAT, t: 'hello', p: hello });
    expect(error).toMatchObject({ code: 'invalid_payload', critical: true });
    expect(error.detail).toContain(`hello: /${member}`);
    expect(decodeSpokeFrame(JSON.stringify({ ...HEARTBEAT, t: 'hello', p: HELLO })).ok).toBe(true);
  });

  it.each([
    { name: 'a turned word', release: { namespace: 'shop', releaseName: '\u202eweb' } },
    { name: 'an invisible letter', release: { namespace: 'sh\u200bop', releaseName: 'web' } },
    { name: 'a line break', release: { namespace: 'shop', releaseName: 'web\nx' } },
    { name: 'a way out', release: { namespace: '../shop', releaseName: 'web' } },
  ])('says why: a release with $name in its name', ({ release }) => {
    const p = { generation: 1, changed: [], removed: [release] };
    expect(refused({ ...HEARTBEAT, t: 'state.delta', p }).detail).toContain('/removed/0');
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

  it.each([
    { name: '64 levels of a spoke', decode: decodeSpokeFrame, levels: 64, read: true },
    { name: '65 levels of a spoke', decode: decodeSpokeFrame, levels: 65, read: false },
    { name: '128 levels of a hub', decode: decodeHubFrame, levels: 128, read: true },
    { name: '129 levels of a hub', decode: decodeHubFrame, levels: 129, read: false },
  ])('goes down so far and no farther: $name', ({ decode, levels, read }) => {
    const member = '['.repeat(levels - 2) + ']'.repeat(levels - 2);
    const decoded = decode(`{"v":1,"t":"ack","id":"m-1","epoch":3,"ts":"","p":{"x":${member}}}`);
    expect(decoded.ok).toBe(read);
    if (!decoded.ok) expect(decoded.error).toMatchObject({ code: 'too_deep', critical: true });
  });

  it.each([
    { name: 'in quotes', member: JSON.stringify(`"${'['.repeat(200)}`), read: true },
    { name: 'side by side', member: `[${'[],'.repeat(200)}[]]`, read: true },
  ])('does not take brackets for levels: $name', ({ member, read }) => {
    const frame = JSON.stringify(HEARTBEAT).replace('"p":{', `"p":{"x":${member},`);
    expect(decodeSpokeFrame(frame).ok).toBe(read);
  });

  it.each([
    { name: 'beyond all numbers', number: '1e999', read: false },
    { name: 'below them', number: '-1e999', read: false },
    { name: 'of 400 digits', number: '9'.repeat(400), read: false },
    { name: 'as large as there is', number: '1.7976931348623157e308', read: true },
    { name: 'in quotes', number: '"1e999"', read: true },
    { name: 'that is nothing', number: '1e-999', read: true },
  ])('takes no number that becomes another: one $name', ({ number, read }) => {
    const p = `{"running":[],"generation":7,"load":[${number}]}`;
    const decoded = decodeSpokeFrame(
      JSON.stringify({ ...HEARTBEAT, p: 0 }).replace('"p":0', `"p":${p}`),
    );
    expect(decoded.ok).toBe(read);
    if (!decoded.ok)
      expect(decoded.error).toMatchObject({ code: 'invalid_payload', critical: true });
  });

  it('lets the last of two members count, for every reader alike', () => {
    const twice = JSON.stringify(HEARTBEAT).replace('"epoch":3', '"epoch":9,"epoch":3');
    expect(decodeSpokeFrame(twice)).toEqual({ ok: true, value: HEARTBEAT });
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'gives nobody what a member named %s holds',
    (name) => {
      const inside = `{"${name}":{"polluted":true,"generation":1},"running":[],"generation":7}`;
      const text = JSON.stringify({ ...HEARTBEAT, p: 0 }).replace('"p":0', `"p":${inside}`);
      const decoded = decodeSpokeFrame(text);
      expect(decoded).toMatchObject({ ok: true, value: { p: { running: [], generation: 7 } } });
      expect(JSON.stringify(decoded.ok && decoded.value)).toBe(text);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
      const alone = JSON.stringify({ ...HEARTBEAT, p: 0 }).replace(
        '"p":0',
        `"p":{"__proto__":{"running":[],"generation":7}}`,
      );
      expect(refused(alone).code).toBe('invalid_payload');
    },
  );

  it('reads a hundred thousand members as it reads one', () => {
    const members = Array.from({ length: 100_000 }, (_, at) => `"m${at}":0`).join(',');
    const text = JSON.stringify(HEARTBEAT).replace('"p":{', `"p":{${members},`);
    expect(text.length).toBeLessThan(1_200_000);
    expect(decodeSpokeFrame(text)).toMatchObject({ ok: true, value: { t: 'heartbeat' } });
  });

  it('does not throw for a million brackets', () => {
    const deep = '['.repeat(500_000) + ']'.repeat(500_000);
    expect(refused(deep).code).toBe('too_deep');
    const inside = JSON.stringify({ ...HEARTBEAT, t: 'plan.result', p: 0 }).replace(
      '"p":0',
      `"p":{"planId":"p","attempt":1,"at":"x","result":{"verdict":"unknown","message":"","evidence":{"a":${deep}}}}`,
    );
    expect(typeof decodeSpokeFrame(inside).ok).toBe('boolean');
  });
});
