import { describe, expect, it } from '@jest/globals';
import { cannotSignFor } from './too-few-keys.js';

const NOW = '2026-03-01T12:00:00.000Z';
const clock = { now: () => new Date(NOW) };
const trusts = { version: 2, threshold: 1, keyIds: ['key-a', 'key-b'] };
const signerWith = (...keyIds: string[]) => ({
  keyIds,
  sign: () => Promise.reject(new Error('nothing is to be signed')),
});
const TOO_FEW =
  'key set 2 needs 1 of its keys, and this replica has 0: it sends no plans to spokes that go by it; give it the keys (APOLLO_SIGNING_KEY_FILE) and start it anew, or sign the next key set (POST /api/v1/key-sets)';
const OVER =
  'key set 2 counted until 2026-03-01T12:00:00.000Z: no plans are sent to spokes that go by it; sign the next key set (POST /api/v1/key-sets)';

describe('what is said of the keys that a spoke goes by', () => {
  it.each([
    { name: 'one of them is here', keys: ['key-b'], more: {}, says: null },
    { name: 'none of them is here', keys: ['key-c'], more: {}, says: TOO_FEW },
    { name: 'no key is here', keys: undefined, more: {}, says: TOO_FEW },
    { name: 'they count no more', keys: ['key-a'], more: { expiresAt: NOW }, says: OVER },
    {
      name: 'they count for a millisecond more',
      keys: ['key-a'],
      more: { expiresAt: '2026-03-01T12:00:00.001Z' },
      says: null,
    },
  ])('where $name', ({ keys, more, says }) => {
    const context = { clock, ...(keys !== undefined && { signer: signerWith(...keys) }) };
    expect(cannotSignFor(context, { ...trusts, ...more })).toBe(says);
  });
});
