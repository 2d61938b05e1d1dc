import { describe, expect, it } from '@jest/globals';
import {
  type JoinRequest,
  joinTokenText,
  provesKey,
  signJoinRequest,
  spokeOfJoinToken,
} from './join-request.js';
import { SpokeKey } from './spoke-key.js';

const KEY = SpokeKey.create();
const SECRET = 'A_b-'.repeat(11).slice(0, 43);
const TOKEN = joinTokenText('dev-1', SECRET);
const REQUEST = signJoinRequest(KEY, { token: TOKEN, clusterUid: 'uid-1' });

describe('a request to join', () => {
  it('names its spoke in the token', () => {
    expect(spokeOfJoinToken(TOKEN)).toBe('dev-1');
    expect(spokeOfJoinToken('guessed')).toBeUndefined();
    expect(spokeOfJoinToken(`${TOKEN}\nx`)).toBeUndefined();
  });

  it('proves that its sender holds the key, also after the key was kept in a file', () => {
    expect(provesKey(REQUEST)).toBe(true);
    const same = SpokeKey.fromPem(KEY.toPem());
    expect(same.publicKey).toBe(KEY.publicKey);
    expect(signJoinRequest(same, { token: TOKEN, clusterUid: 'uid-1' })).toEqual(REQUEST);
  });

  const CHANGED: { name: string; change: Partial<JoinRequest> }[] = [
    { name: 'another key', change: { publicKey: SpokeKey.create().publicKey } },
    { name: 'another cluster', change: { clusterUid: 'uid-2' } },
    { name: 'another token', change: { token: joinTokenText('dev-1', 'B'.repeat(43)) } },
    { name: 'another spoke', change: { token: joinTokenText('dev-2', SECRET) } },
    { name: 'no signature', change: { signature: '' } },
    { name: 'no key', change: { publicKey: '' } },
    { name: 'a key that is too long', change: { publicKey: `${KEY.publicKey}A` } },
  ];
  it.each(CHANGED)('proves nothing else: $name', ({ change }) => {
    expect(provesKey({ ...REQUEST, ...change })).toBe(false);
  });

  it('takes no other kind of key', () => {
    expect(() => SpokeKey.fromPem('no key')).toThrow();
  });
});
