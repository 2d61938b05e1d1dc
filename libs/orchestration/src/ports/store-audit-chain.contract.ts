import { describe, expect, it } from '@jest/globals';
import { InvariantViolation } from '@apollo-deploy/kernel';
import { anAuditEntry } from '../testing/records/trail-records.js';
import type { AuditLink } from './audit-chain.js';
import type { Store } from './store.js';
import type { UnitOfWork } from './unit-of-work.js';

/** Does not have to be a true hash here. */
function linkOf(number: number, entryId: string): AuditLink {
  return { number, entryId, previous: hashOf(number - 1), hash: hashOf(number) };
}

function hashOf(number: number): string {
  return String(number).padStart(64, '0');
}

export function describeStoredAuditChain(store: () => Store): void {
  const write = (...ids: readonly string[]) =>
    store().transact(async (unit) => {
      for (const id of ids) await unit.audit.append(anAuditEntry({ id }));
    });
  const link = (first: number, ...ids: readonly string[]) =>
    store().transact((unit) =>
      unit.auditChain.append(ids.map((id, index) => linkOf(first + index, id))),
    );
  const read = <T>(work: (unit: UnitOfWork) => Promise<T>) => store().transact(work);
  const look = () => read((unit) => unit.auditChain.look());
  const waiting = async (limit = 10) =>
    (await read((unit) => unit.auditChain.waiting(limit))).map(({ id }) => id);
  const after = async (number: number, limit = 10) =>
    (await read((unit) => unit.auditChain.after(number, limit))).map(({ entry }) => entry.id);

  describe('the chain of the audit trail', () => {
    it('is empty at first', async () => {
      expect(await read((unit) => unit.auditChain.head())).toBeUndefined();
      expect(await look()).toStrictEqual({ isWaiting: false });
      expect(await after(0)).toEqual([]);
    });

    it('has entries wait in the order of their writing, until they are linked', async () => {
      await write('c', 'a');
      await write('b');
      expect(await look()).toStrictEqual({ isWaiting: true });
      expect(await waiting(2)).toEqual(['c', 'a']);
      expect(await waiting()).toEqual(['c', 'a', 'b']);
      await link(1, 'c', 'a');
      expect(await waiting()).toEqual(['b']);
      await link(3, 'b');
      const head = { number: 3, hash: hashOf(3) };
      expect(await look()).toStrictEqual({ isWaiting: false, head });
      await write('d');
      expect(await look()).toStrictEqual({ isWaiting: true, head });
    });

    it('answers every field of what is linked, in the order of the numbers, from any on', async () => {
      const entry = anAuditEntry({ id: 'a', detail: { b: [1, null], a: 'x' }, requestId: 'r' });
      await store().transact((unit) => unit.audit.append(entry));
      await write('c', 'b');
      await link(1, 'c', 'a', 'b');
      const [, second] = await read((unit) => unit.auditChain.after(0, 10));
      expect(second).toStrictEqual({ link: linkOf(2, 'a'), entry });
      expect(await after(0, 2)).toEqual(['c', 'a']);
      expect(await after(2)).toEqual(['b']);
      expect(await after(3)).toEqual([]);
      const head = { number: 3, hash: hashOf(3) };
      expect(await read((unit) => unit.auditChain.head())).toStrictEqual(head);
      const some = await read((unit) => unit.auditChain.at([4, 2, 0]));
      expect(some).toStrictEqual([{ number: 2, hash: hashOf(2) }]);
      expect(await read((unit) => unit.auditChain.at([]))).toEqual([]);
    });

    it('keeps an entry waiting if what linked it failed, and the order too', async () => {
      await write('c', 'b', 'a');
      const failed = store().transact(async (unit) => {
        await unit.auditChain.append([linkOf(1, 'c'), linkOf(2, 'b')]);
        throw new Error('the sequencer was killed');
      });
      await expect(failed).rejects.toThrow('the sequencer was killed');
      expect(await waiting()).toEqual(['c', 'b', 'a']);
      expect(await read((unit) => unit.auditChain.head())).toBeUndefined();
    });

    it('knows nothing of an entry whose transaction failed', async () => {
      const failed = store().transact(async (unit) => {
        await unit.audit.append(anAuditEntry({ id: 'a' }));
        throw new Error('no');
      });
      await expect(failed).rejects.toThrow('no');
      expect(await waiting()).toEqual([]);
    });

    it.each([
      { name: 'a number that is linked', wrong: linkOf(1, 'b') },
      { name: 'an entry that is linked', wrong: linkOf(2, 'a') },
      { name: 'a number beyond the next', wrong: linkOf(3, 'b') },
      { name: 'another hash before', wrong: { ...linkOf(2, 'b'), previous: hashOf(7) } },
    ])('takes $name for a bug', async ({ wrong }) => {
      await write('a', 'b');
      await link(1, 'a');
      const linked = store().transact((unit) => unit.auditChain.append([wrong]));
      await expect(linked).rejects.toThrow(InvariantViolation);
      expect(await after(0)).toEqual(['a']);
      expect(await waiting()).toEqual(['b']);
    });
  });
}
