import { describe, expect, it } from '@jest/globals';
import { Refused } from '../http/refused.js';
import { preferredWait } from './prefer-wait.js';

describe('how long an answer waits', () => {
  it.each([
    { header: undefined, expected: { seconds: 60 } },
    { header: '', expected: { seconds: 60 } },
    { header: 'respond-async, return=minimal', expected: { seconds: 60 } },
    { header: 'waiting=5', expected: { seconds: 60 } },
    { header: 'wait=0', expected: { seconds: 0, applied: 'wait=0' } },
    { header: 'wait=10', expected: { seconds: 10, applied: 'wait=10' } },
    { header: 'return=minimal, Wait = "20" ; x=1', expected: { seconds: 20, applied: 'wait=20' } },
    { header: 'wait=5, wait=50', expected: { seconds: 5, applied: 'wait=5' } },
    { header: 'wait=300', expected: { seconds: 300, applied: 'wait=300' } },
    { header: 'wait=301', expected: { seconds: 300, applied: 'wait=300' } },
    { header: 'wait=999999999', expected: { seconds: 300, applied: 'wait=300' } },
  ])('by "Prefer: $header"', ({ header, expected }) => {
    expect(preferredWait(header)).toEqual(expected);
  });

  it.each([
    'wait',
    'wait=',
    'wait=""',
    'wait=-1',
    'wait=1.5',
    'wait=1e3',
    'wait=soon',
    'wait=10s',
    'wait=1=2',
    'wait=1234567890',
    'wait=٣',
    'return=minimal, wait=no, wait=5',
  ])('is not said by "Prefer: %s"', (header) => {
    let thrown: unknown;
    try {
      preferredWait(header);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(Refused);
    expect(thrown).toMatchObject({ code: 'http/invalid_request', details: { field: 'Prefer' } });
  });
});
