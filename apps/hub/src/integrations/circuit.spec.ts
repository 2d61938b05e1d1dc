import { describe, expect, it } from '@jest/globals';
import { afterCall, type Circuit, CLOSED, letThrough, OPEN_MS, OPENS_AFTER } from './circuit.js';

const NOW = 1_000_000;
const OPEN: Circuit = { state: 'open', untilMs: NOW + OPEN_MS };
const PROBING: Circuit = { state: 'probing', untilMs: NOW + OPEN_MS };

function closedAfter(failures: number): Circuit {
  return { state: 'closed', failures };
}

describe('a circuit', () => {
  it.each<{ name: string; circuit: Circuit; at: number; expected: Circuit | undefined }>([
    { name: 'closed', circuit: CLOSED, at: NOW, expected: CLOSED },
    {
      name: 'closed, one failure before it opens',
      circuit: closedAfter(OPENS_AFTER - 1),
      at: NOW,
      expected: closedAfter(OPENS_AFTER - 1),
    },
    { name: 'open, just so', circuit: OPEN, at: NOW, expected: undefined },
    {
      name: 'open, a millisecond before its end',
      circuit: OPEN,
      at: NOW + OPEN_MS - 1,
      expected: undefined,
    },
    { name: 'open, at its end', circuit: OPEN, at: NOW + OPEN_MS, expected: PROBING },
    {
      name: 'while one finds out',
      circuit: PROBING,
      at: NOW + OPEN_MS + 1,
      expected: undefined,
    },
  ])('lets through, or not: $name', ({ circuit, at, expected }) => {
    expect(letThrough(circuit, at)).toEqual(expected);
  });

  it.each<{ name: string; circuit: Circuit; answered: boolean; expected: Circuit }>([
    { name: 'an answer', circuit: CLOSED, answered: true, expected: CLOSED },
    {
      name: 'an answer after failures',
      circuit: closedAfter(OPENS_AFTER - 1),
      answered: true,
      expected: CLOSED,
    },
    { name: 'the first failure', circuit: CLOSED, answered: false, expected: closedAfter(1) },
    {
      name: 'the last failure that it takes',
      circuit: closedAfter(OPENS_AFTER - 1),
      answered: false,
      expected: OPEN,
    },
    {
      name: 'a failure of a call that was under way when it opened',
      circuit: { state: 'open', untilMs: NOW + 1 },
      answered: false,
      expected: { state: 'open', untilMs: NOW + 1 },
    },
    {
      name: 'an answer to a call that was under way when it opened',
      circuit: OPEN,
      answered: true,
      expected: CLOSED,
    },
    {
      name: 'a failure of who found out',
      circuit: { state: 'probing', untilMs: NOW },
      answered: false,
      expected: OPEN,
    },
    { name: 'an answer to who found out', circuit: PROBING, answered: true, expected: CLOSED },
  ])('is, after $name', ({ circuit, answered, expected }) => {
    expect(afterCall(circuit, answered, NOW)).toEqual(expected);
  });
});
