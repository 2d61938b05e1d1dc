import { describe, expect, it } from '@jest/globals';
import { isLoopbackAddress, isLoopbackAuthority } from './local-only.js';

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

describe('the other end of a connection', () => {
  it.each([
    { name: 'IPv4 loopback', address: '127.0.0.1', expected: true },
    { name: 'another IPv4 loopback', address: '127.8.9.10', expected: true },
    { name: 'IPv6 loopback', address: '::1', expected: true },
    { name: 'IPv4 loopback on a socket of both', address: '::ffff:127.0.0.1', expected: true },
    { name: 'IPv4 elsewhere on a socket of both', address: '::ffff:10.0.0.7', expected: false },
    { name: 'the next machine', address: '192.168.1.4', expected: false },
    { name: 'an address that ends as loopback', address: '10.127.0.1', expected: false },
    { name: 'an IPv6 address elsewhere', address: 'fe80::1', expected: false },
    { name: 'nothing', address: '', expected: false },
  ])('that is $name is local=$expected', ({ address, expected }) => {
    expect(isLoopbackAddress(address)).toBe(expected);
  });
});
