import { describe, expect, it } from '@jest/globals';
import { VirtualTime } from '../testing/spokes/virtual-time.js';
import type { CloseReason } from './close-reason.js';
import { type SessionConnection, SessionRegistry } from './session-registry.js';

/** A connection that closes only when it is told to. */
class Lingering implements SessionConnection {
  readonly closed: Promise<void>;
  readonly done: string[] = [];
  readonly toldKeySet = undefined;
  readonly keepsAuditHeads = false;
  finish: () => void = () => undefined;

  constructor(
    readonly spoke: string,
    readonly epoch: number,
  ) {
    this.closed = new Promise((resolve) => (this.finish = resolve));
  }

  end({ code }: CloseReason): void {
    this.done.push(`end ${code}`);
  }

  known(): readonly string[] {
    return [];
  }

  async drain(): Promise<void> {
    this.done.push('drain');
  }

  terminate(): void {
    this.done.push('terminate');
    this.finish();
  }

  deliver(): void {
    this.done.push('deliver');
  }

  sendKeySets(): void {
    this.done.push('key sets');
  }

  sendAuditHead(): void {
    this.done.push('audit head');
  }
}

describe('the sessions of a replica', () => {
  it.each([
    { name: 'the newer one comes second', epochs: [1, 2] as const },
    { name: 'the newer one comes first', epochs: [2, 1] as const },
  ])('keep the newest of a spoke and close the other: $name', ({ epochs }) => {
    const sessions = new SessionRegistry(new VirtualTime());
    const [first, second] = epochs.map((epoch) => new Lingering('dev', epoch));
    sessions.admit(first!);
    sessions.admit(second!);
    const [older, newer] = epochs[0] < epochs[1] ? [first, second] : [second, first];
    expect(sessions.get('dev')).toBe(newer);
    expect([older?.done, newer?.done]).toEqual([['end 4409'], []]);
  });

  it('are not forgotten when an older one of the spoke leaves', () => {
    const sessions = new SessionRegistry(new VirtualTime());
    const [older, newer] = [new Lingering('dev', 1), new Lingering('dev', 2)];
    sessions.admit(older);
    sessions.admit(newer);
    sessions.leave(older);
    expect(sessions.spokes()).toEqual(['dev']);
    sessions.leave(newer);
    expect(sessions.spokes()).toEqual([]);
  });

  it('say goodbye, all of them, where their spokes are asked anew', () => {
    const sessions = new SessionRegistry(new VirtualTime());
    const both = [new Lingering('dev', 1), new Lingering('dev-2', 1)];
    for (const connection of both) sessions.track(connection);
    sessions.renew('the database may have lost what it was told');
    expect(both.map(({ done }) => done)).toEqual([['drain'], ['drain']]);
    expect(sessions.closing).toBe(false);
  });

  it('are cut off where they have not closed within 5 s of the stop', async () => {
    const time = new VirtualTime();
    const sessions = new SessionRegistry(time);
    const [prompt, late] = [new Lingering('dev', 1), new Lingering('dev-2', 1)];
    for (const connection of [prompt, late]) sessions.track(connection);
    const limit = time.waitBegins(5000);
    const stopped = sessions.shutDown();
    await limit;
    prompt.finish();
    await prompt.closed;
    time.advance(5000);
    await stopped;
    expect(prompt.done).toEqual(['drain']);
    expect(late.done).toEqual(['drain', 'terminate']);
    expect(sessions.closing).toBe(true);
  });
});
