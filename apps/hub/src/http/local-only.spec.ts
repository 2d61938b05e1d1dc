import { describe, expect, it } from '@jest/globals';
import { isLoopbackAuthority } from './local-only.js';

describe('a Host header', () => {
  it.each([
    { name: 'an address', host: '127.0.0.1', expected: true },
    { name: 'an address with a port', host: '127.0.0.1:8234', expected: true },
    { name: 'another loopback address', host: '127.8.9.10:80', expected: true },
    { name: 'an IPv6 address', host: '[::1]:8234', expected: true },
    { name: 'the name of this machine', host: 'LOCALHOST:8234', expected: true },
    { name: 'nothing', host: '', expected: false },
    { name: 'a name that begins as loopback', host: '127.0.0.1.evil.test', expected: false },
    { name: 'a name that ends as this machine', host: 'evil.localhost', expected: false },
    { name: 'a name that resolves to this machine', host: 'rebound.test:8234', expected: false },
    { name: 'a decimal address', host: '2130706433', expected: false },
    { name: 'a hexadecimal address', host: '0x7f.1', expected: false },
    { name: 'a short address', host: '127.1', expected: false },
    { name: 'every address', host: '0.0.0.0', expected: false },
    { name: 'an IPv4 address in IPv6', host: '[::ffff:127.0.0.1]', expected: false },
    { name: 'a user before it', host: 'evil@127.0.0.1', expected: false },
    { name: 'a port in words', host: '127.0.0.1:http', expected: false },
    { name: 'two of them', host: '127.0.0.1, evil.test', expected: false },
  ])('with $name is local=$expected', ({ host, expected }) => {
    expect(isLoopbackAuthority(host)).toBe(expected);
  });
});
