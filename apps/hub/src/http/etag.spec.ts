import { describe, expect, it } from '@jest/globals';
import type { Request } from 'express';
import { etagOf, seenBy } from './etag.js';
import { Refused } from './refused.js';

function expected(headers: Record<string, string>): number | undefined {
  return seenBy({ headers } as unknown as Request).expectedVersion;
}

describe('the version a caller has seen', () => {
  it.each<{ name: string; headers: Record<string, string>; version: number | undefined }>([
    { name: 'no header', headers: {}, version: undefined },
    { name: 'an ETag', headers: { 'if-match': '"3"' }, version: 3 },
    { name: 'the ETag of a version', headers: { 'if-match': etagOf(12) }, version: 12 },
    { name: 'none yet', headers: { 'if-none-match': '*' }, version: 0 },
  ])('is $version with $name', ({ headers, version }) => {
    expect(expected(headers)).toBe(version);
  });

  it.each<{ name: string; headers: Record<string, string>; field: string }>([
    { name: 'no quotes', headers: { 'if-match': '3' }, field: 'If-Match' },
    { name: 'a weak ETag', headers: { 'if-match': 'W/"3"' }, field: 'If-Match' },
    { name: 'several', headers: { 'if-match': '"3", "4"' }, field: 'If-Match' },
    { name: 'any', headers: { 'if-match': '*' }, field: 'If-Match' },
    {
      name: 'a number too large',
      headers: { 'if-match': '"9007199254740993"' },
      field: 'If-Match',
    },
    { name: 'not this one', headers: { 'if-none-match': '"3"' }, field: 'If-None-Match' },
    {
      name: 'both',
      headers: { 'if-match': '"3"', 'if-none-match': '*' },
      field: 'If-None-Match',
    },
  ])('is refused with $name', ({ headers, field }) => {
    expect(() => expected(headers)).toThrow(Refused);
    expect(() => expected(headers)).toThrow(field);
  });
});
