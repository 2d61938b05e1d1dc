import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryStore } from '@apollo-deploy/orchestration';
import { anAuditEntry } from '@apollo-deploy/orchestration/testing';
import { VirtualTime } from '../testing/spokes/virtual-time.js';
import { HeadDelivery } from './head-delivery.js';

const MINUTE_MS = 60_000;

const head = (number: number, letter = 'a') => ({ number, hash: letter.repeat(64) });

/** Keeps what it was told: the number, and what stands now where it was told last. */
class Session {
  readonly told: (number | string)[] = [];

  constructor(readonly keepsAuditHeads = true) {}

  sendAuditHead({ number, before }: { number: number; before?: { number: number; hash: string } }) {
    this.told.push(
      before === undefined ? number : `${number} after ${before.number}${before.hash[0]}`,
    );
  }
}

describe('the head of the audit trail', () => {
  let time: VirtualTime;
  let store: InMemoryStore;
  let open: Session[];
  let heads: HeadDelivery;
  beforeEach(async () => {
    time = new VirtualTime();
    store = new InMemoryStore();
    open = [];
    heads = new HeadDelivery({ all: () => open }, { store, clock: time });
    await trailOf(9);
  });

  /** Numbers 1 to `length`, all with the same hash. */
  async function trailOf(length: number): Promise<void> {
    await store.transact(async (unit) => {
      for (let number = 1; number <= length; number += 1) {
        const entryId = `entry-${number}`;
        await unit.audit.append(anAuditEntry({ id: entryId }));
        const previous = number === 1 ? '0'.repeat(64) : head(number - 1).hash;
        await unit.auditChain.append([{ ...head(number), entryId, previous }]);
      }
    });
  }

  function connected(keeps = true): Session {
    const session = new Session(keeps);
    open.push(session);
    return session;
  }

  const look = (number: number, letter?: string) => heads.tell(heads.due(), head(number, letter));

  it('is told to a session when it has begun, and at most once a minute where it has moved', async () => {
    const session = connected();
    await look(7);
    await look(8);
    time.advance(MINUTE_MS - 1);
    await look(9);
    expect(session.told).toEqual([7]);
    time.advance(1);
    await look(9);
    await look(10);
    expect(session.told).toEqual([7, '9 after 7a']);
  });

  it('is not told again while it stands, and at once when it moves after a minute', async () => {
    const session = connected();
    await look(7);
    for (let minute = 0; minute < 3; minute += 1) {
      time.advance(MINUTE_MS);
      await look(7);
    }
    expect(session.told).toEqual([7]);
    time.advance(1000);
    await look(8);
    expect(session.told).toEqual([7, '8 after 7a']);
  });

  it('is told where the clock was turned back by a minute, and not where it was by less', async () => {
    const session = connected();
    await look(7);
    time.advance(1 - MINUTE_MS);
    await look(8);
    expect(session.told).toEqual([7]);
    time.advance(-1);
    await look(8);
    expect(session.told).toEqual([7, '8 after 7a']);
  });

  it('is told as it is, with what stands now where it ended before, if anything does', async () => {
    const session = connected();
    await look(20);
    time.advance(MINUTE_MS);
    await look(5, 'b');
    time.advance(MINUTE_MS);
    await look(6, 'b');
    expect(session.told).toEqual([20, 5, '6 after 5a']);
  });

  it('is told again to each new session, and to none that does not keep it', async () => {
    const [first, deaf] = [connected(), connected(false)];
    await look(7);
    const second = connected();
    await look(7);
    expect([first.told, second.told, deaf.told]).toEqual([[7], [7], []]);
  });

  it('is not told to a session that began after it was read', async () => {
    const due = heads.due();
    const late = connected();
    await heads.tell(due, head(7));
    expect(late.told).toEqual([]);
    await look(8);
    expect(late.told).toEqual([8]);
  });
});
