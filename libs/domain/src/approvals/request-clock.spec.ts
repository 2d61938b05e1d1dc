import { describe, expect, it } from '@jest/globals';
import { aRule, someApprovalFacts } from '../testing/approvals.js';
import type { Violation } from '../constraints/violation.js';
import { judgeGates } from './judge-gates.js';
import {
  judgeWaiting,
  NEW_REQUEST,
  requestRuns,
  setRequestClock,
  waitedMs,
} from './request-clock.js';

const at = (time: string) => new Date(`2026-03-02T${time}Z`);
const HOUR = 3_600_000;

describe('the time to answer', () => {
  it('runs only while it is let run', () => {
    const running = setRequestClock(NEW_REQUEST, true, at('12:00:00'));
    const still = setRequestClock(running, false, at('13:00:00'));
    const again = setRequestClock(still, true, at('20:00:00'));
    expect(waitedMs(running, at('12:30:00'))).toBe(HOUR / 2);
    expect(waitedMs(still, at('19:00:00'))).toBe(HOUR);
    expect(waitedMs(again, at('21:00:00'))).toBe(2 * HOUR);
  });

  it('does not begin anew when it runs already', () => {
    const running = setRequestClock(NEW_REQUEST, true, at('12:00:00'));
    expect(setRequestClock(running, true, at('13:00:00'))).toBe(running);
  });

  it('never runs backwards with the clock of the hub', () => {
    const running = setRequestClock(NEW_REQUEST, true, at('12:00:00'));
    expect(waitedMs(running, at('11:00:00'))).toBe(0);
  });

  const approval: Violation = { code: 'approval', message: '', data: {} };
  const window: Violation = { ...approval, code: 'maintenance_window', recheckAt: 'then' };
  const spoke: Violation = { ...approval, code: 'spoke_ready' };
  const unmet = { open: true, satisfiable: true, missingApprovers: 1 };
  it.each([
    { name: 'only people are missing', gate: unmet, others: [approval], expected: true },
    { name: 'a window is shut', gate: unmet, others: [approval, window], expected: true },
    { name: 'the spoke is away', gate: unmet, others: [approval, spoke], expected: false },
    {
      name: 'a level below is not met',
      gate: { ...unmet, open: false },
      others: [approval],
      expected: false,
    },
    {
      name: 'all have agreed',
      gate: { ...unmet, missingApprovers: 0 },
      others: [window],
      expected: false,
    },
    {
      name: 'nobody there could agree',
      gate: { ...unmet, satisfiable: false },
      others: [],
      expected: false,
    },
  ])('runs: $expected, where $name', ({ gate, others, expected }) => {
    expect(requestRuns(gate, others)).toBe(expected);
  });
});

describe('silence', () => {
  const rule = aRule({ requestTtlHours: 8, escalation: { afterHours: 4, roles: ['director'] } });
  const clock = setRequestClock(NEW_REQUEST, true, at('08:00:00'));

  it.each([
    {
      name: 'just before the rule asks others',
      now: '11:59:59.999',
      expected: { lapsed: false, escalated: false, nextAt: '2026-03-02T12:00:00.000Z' },
    },
    {
      name: 'when it asks others',
      now: '12:00:00',
      expected: { lapsed: false, escalated: true, nextAt: '2026-03-02T16:00:00.000Z' },
    },
    {
      name: 'just before the end',
      now: '15:59:59.999',
      expected: { lapsed: false, escalated: true, nextAt: '2026-03-02T16:00:00.000Z' },
    },
    { name: 'at the end', now: '16:00:00', expected: { lapsed: true, escalated: true } },
  ])('has led to this $name', ({ now, expected }) => {
    expect(judgeWaiting(rule, clock, at(now))).toEqual(expected);
  });

  it('leads to nothing where the rule sets no time', () => {
    expect(judgeWaiting(aRule(), clock, at('23:00:00'))).toEqual({
      lapsed: false,
      escalated: false,
    });
  });

  it('has no next instant while the clock stands still', () => {
    expect(judgeWaiting(rule, { ranMs: HOUR }, at('12:00:00'))).toEqual({
      lapsed: false,
      escalated: false,
    });
  });

  it('never approves, however long it lasts', () => {
    const now = '2027-03-02T12:00:00Z';
    const { lapsed, escalated } = judgeWaiting(rule, clock, new Date(now));
    const judged = judgeGates([rule], someApprovalFacts({ now }), () => escalated);
    expect({ lapsed, escalated, satisfied: judged.satisfied }).toEqual({
      lapsed: true,
      escalated: true,
      satisfied: false,
    });
  });
});
