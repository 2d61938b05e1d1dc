import { describe, expect, it } from '@jest/globals';
import { Outbox } from './outbox.js';

const accept = (id: string) =>
  ({ id, type: 'plan.accept', payload: { planId: id, attempt: 1, at: '' } }) as const;
const ids = (outbox: Outbox) => outbox.take().map(({ id }) => id);

describe('the outbox', () => {
  it('sends each message once a connection, in order, until it is acknowledged', async () => {
    const outbox = new Outbox();
    const first = outbox.add(accept('a'), 'a');
    void outbox.add(accept('b'), 'b');
    expect(ids(outbox)).toEqual(['a', 'b']);
    expect(ids(outbox)).toEqual([]);
    expect(outbox.acknowledge('a')).toBe(true);
    expect(await first).toBe('acknowledged');
    outbox.reopen();
    expect(ids(outbox)).toEqual(['b']);
  });

  it('forgets the older of two messages about the same thing', async () => {
    const outbox = new Outbox();
    const older = outbox.add(accept('a'), 'plan-1');
    void outbox.add(accept('b'), 'plan-1');
    expect(await older).toBe('replaced');
    expect(ids(outbox)).toEqual(['b']);
  });

  it('has no more than 16 messages unacknowledged on the wire', () => {
    const outbox = new Outbox();
    for (let i = 0; i < 20; i += 1) void outbox.add(accept(`m${i}`), `m${i}`);
    expect(ids(outbox)).toHaveLength(16);
    outbox.acknowledge('m3');
    expect(ids(outbox)).toEqual(['m16']);
  });

  it('forgets messages of a type on request', async () => {
    const outbox = new Outbox();
    const state = outbox.add(
      {
        id: 's',
        type: 'state.full',
        payload: { generation: 1, part: 1, parts: 1, releases: [] },
      },
      's',
    );
    void outbox.add(accept('a'), 'a');
    outbox.discardTypes(['state.full', 'state.delta']);
    expect(await state).toBe('replaced');
    expect(ids(outbox)).toEqual(['a']);
  });

  it('knows nothing of an acknowledgement that comes twice', () => {
    const outbox = new Outbox();
    void outbox.add(accept('a'), 'a');
    outbox.acknowledge('a');
    expect(outbox.acknowledge('a')).toBe(false);
    expect(outbox.size).toBe(0);
  });
});
