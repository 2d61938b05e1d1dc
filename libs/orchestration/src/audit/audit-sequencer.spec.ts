import { beforeEach, describe, expect, it } from '@jest/globals';
import { ChainCheck } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import { InMemoryStore } from '../ports/in-memory/in-memory-store.js';
import { CountingIds } from '../ports/ids.js';
import { VirtualClock } from '../ports/clock.js';
import { anAuditEntry } from '../testing/records/trail-records.js';
import { auditHead, auditLines } from './audit-lines.js';
import { AuditSequencer } from './audit-sequencer.js';

let context: Context;
let clock: VirtualClock;
let sequencer: AuditSequencer;
beforeEach(() => {
  const now = new Date('2026-03-02T12:00:00.000Z');
  clock = new VirtualClock(now);
  context = { store: new InMemoryStore(), clock, ids: new CountingIds(), startedAt: now };
  sequencer = new AuditSequencer(context, 'replica-a');
});

async function write(count: number, detail = {}): Promise<void> {
  await context.store.transact(async (unit) => {
    for (let index = 0; index < count; index += 1) {
      await unit.audit.append(anAuditEntry({ id: context.ids.next(), detail }));
    }
  });
}

async function exported(after = 0): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const page of auditLines(context, after)) lines.push(...page);
  return lines;
}

async function check() {
  const head = await auditHead(context);
  const chain = new ChainCheck(head === undefined ? [] : [head]);
  for (const line of await exported()) chain.take(line);
  return chain.end();
}

describe('the sequencer of the audit trail', () => {
  it('has nothing to do where nothing happened', async () => {
    expect(await sequencer.run()).toBeUndefined();
    expect(await auditHead(context)).toBeUndefined();
    expect(await exported()).toEqual([]);
  });

  it('links what happened, and later what happened since, to one chain that proves whole', async () => {
    await write(3);
    expect((await sequencer.run())?.number).toBe(3);
    await write(2);
    const head = await sequencer.run();
    expect(head?.number).toBe(5);
    expect(await sequencer.run()).toBeUndefined();
    expect(await check()).toEqual({ ok: true, value: head });
  });

  it('links more than a batch, and exports more than a page, from any number on', async () => {
    await write(1203);
    expect((await sequencer.run())?.number).toBe(1203);
    expect(await check()).toMatchObject({ ok: true, value: { number: 1203 } });
    expect(await exported(1200)).toEqual((await exported()).slice(1200));
  });

  it('leaves the work to the replica that has it, until that has been silent for 15 s', async () => {
    const other = new AuditSequencer(context, 'replica-b');
    await write(1);
    await sequencer.run();
    await write(1);
    clock.advance(14_999);
    expect(await other.run()).toBeUndefined();
    clock.advance(1);
    expect((await other.run())?.number).toBe(2);
    expect(await check()).toMatchObject({ ok: true });
  });

  it('knows the head after each run, whichever replica has linked it', async () => {
    const other = new AuditSequencer(context, 'replica-b');
    await other.run();
    expect(other.head).toBeUndefined();
    await write(3);
    const reached = await sequencer.run();
    expect(sequencer.head).toEqual(reached);
    expect(await other.run()).toBeUndefined();
    expect(other.head).toEqual(reached);
  });

  it('is not stopped by text that JSON cannot carry', async () => {
    await write(1, { reason: 'half of \ud83d', '\udc00': [null, { a: '\ud800' }] });
    await sequencer.run();
    expect(await check()).toMatchObject({ ok: true, value: { number: 1 } });
  });
});
