import { describe, expect, it } from '@jest/globals';
import { reconnectDelay, refusedUpgrade } from './reconnect-delay.js';

const lost = { code: null, reason: 'connection reset' };
const closed = (code: number) => ({ code, reason: 'closed' });

describe('the delay before the next attempt', () => {
  it.each([
    { name: 'at the start, by the least chance', failures: 0, end: null, chance: 0, expected: 0 },
    { name: 'at the start, by half', failures: 0, end: null, chance: 0.5, expected: 500 },
    { name: 'after the third loss', failures: 3, end: lost, chance: 0.5, expected: 4000 },
    { name: 'after many losses', failures: 30, end: lost, chance: 0.5, expected: 30_000 },
    { name: 'told to restart', failures: 0, end: closed(1012), chance: 0.5, expected: 500 },
    { name: 'token not known', failures: 0, end: closed(4401), chance: 0, expected: 30_000 },
    { name: 'superseded', failures: 0, end: closed(4409), chance: 0.5, expected: 45_000 },
    { name: 'revoked', failures: 0, end: closed(4403), chance: 0, expected: 300_000 },
    { name: 'version not spoken', failures: 9, end: closed(4426), chance: 0.5, expected: 450_000 },
    {
      name: 'asked to stay away for 20 s',
      failures: 0,
      end: { ...closed(1013), retryAfterMs: 20_000 },
      chance: 0.5,
      expected: 20_500,
    },
  ])('is $expected ms $name', ({ failures, end, chance, expected }) => {
    expect(reconnectDelay(failures, end, chance)).toBe(expected);
  });
});

describe('an upgrade that was refused', () => {
  const now = new Date('2026-03-02T12:00:00Z');
  it.each([
    { name: 'without a good token', status: 401, header: undefined, code: 4401, retry: undefined },
    { name: 'as revoked', status: 403, header: undefined, code: 4403, retry: undefined },
    { name: 'by an unlike version', status: 426, header: undefined, code: 4426, retry: undefined },
    { name: 'for want of room', status: 503, header: '7', code: 1013, retry: 7000 },
    {
      name: 'until an instant',
      status: 503,
      header: 'Mon, 02 Mar 2026 12:00:30 GMT',
      code: 1013,
      retry: 30_000,
    },
    { name: 'for a day', status: 503, header: '86400', code: 1013, retry: 600_000 },
    {
      name: 'with a header of nonsense',
      status: 503,
      header: 'soon',
      code: 1013,
      retry: undefined,
    },
    { name: 'by something else', status: 502, header: undefined, code: null, retry: undefined },
  ])('$name', ({ status, header, code, retry }) => {
    const headers = header === undefined ? {} : { 'retry-after': header };
    const end = refusedUpgrade({ status, headers, body: '' }, now);
    expect(end.code).toBe(code);
    expect(end.retryAfterMs).toBe(retry);
  });

  it.each([
    { name: 'a problem', body: '{"code":"x","detail":"set the clock"}', says: ': set the clock' },
    { name: 'a problem without a sentence', body: '{"detail":7}', says: '' },
    { name: 'a page', body: '<html>', says: '' },
    { name: 'null', body: 'null', says: '' },
    { name: 'nothing', body: '', says: '' },
  ])('says why, where it can: $name', ({ body, says }) => {
    expect(refusedUpgrade({ status: 401, headers: {}, body }, now).reason).toBe(
      `the hub answered the upgrade with HTTP 401${says}`,
    );
  });

  it.each([
    { name: 'that the key is unknown', body: '{"code":"spoke/unauthenticated"}', expected: true },
    { name: 'the time', body: '{"code":"spoke/token_untimely"}', expected: false },
    { name: 'something without a code', body: '{"code":7}', expected: false },
    { name: 'the page of a proxy', body: '<html>', expected: false },
  ])('tells whether the key is unknown there: $name', ({ body, expected }) => {
    const { refusal } = refusedUpgrade({ status: 401, headers: {}, body }, now);
    expect(refusal?.keyIsUnknown).toBe(expected);
  });

  it.each([
    { date: 'Mon, 02 Mar 2026 13:00:00 GMT', expected: new Date('2026-03-02T13:00:00Z') },
    { date: 'soon', expected: null },
    { date: undefined, expected: null },
  ])('tells what time it is there: $date', ({ date, expected }) => {
    const headers = date === undefined ? {} : { date };
    const { refusal } = refusedUpgrade({ status: 401, headers, body: '' }, now);
    expect(refusal?.hubTime).toEqual(expected);
  });
});
