import { describe, expect, it } from '@jest/globals';
import { ClientAddresses, readTrustedProxies, type TrustedProxies } from './client-address.js';

const keyOf = (peer: string | undefined, said?: string, trusted?: TrustedProxies): string =>
  new ClientAddresses(trusted).keyOf({
    socket: { remoteAddress: peer },
    headers: said === undefined ? {} : { 'x-forwarded-for': said },
  });

describe('the address of a client', () => {
  it.each<{ name: string; peer: string | undefined; expected: string }>([
    { name: 'IPv4', peer: '192.0.2.7', expected: '192.0.2.7' },
    { name: 'IPv4 on a socket of both', peer: '::ffff:192.0.2.7', expected: '192.0.2.7' },
    { name: 'IPv4 in IPv6, in hexadecimal', peer: '::ffff:c000:207', expected: '192.0.2.7' },
    { name: 'IPv6, by its /64', peer: '2001:db8:1:2:3:4:5:6', expected: '2001:db8:1:2::/64' },
    { name: 'IPv6, short', peer: '2001:db8::6', expected: '2001:db8:0:0::/64' },
    { name: 'IPv6, spelled otherwise', peer: '2001:0DB8:0::0:6', expected: '2001:db8:0:0::/64' },
    { name: 'IPv6 with a zone', peer: 'fe80::1%eth0', expected: 'fe80:0:0:0::/64' },
    { name: 'IPv6 loopback', peer: '::1', expected: '0:0:0:0::/64' },
    { name: 'gone already', peer: undefined, expected: '' },
  ])('is known without proxies: $name', ({ peer, expected }) => {
    expect(keyOf(peer)).toBe(expected);
    expect(keyOf(peer, '198.51.100.9')).toBe(expected);
  });

  it.each<{ name: string; trusted: TrustedProxies; said?: string; expected: string }>([
    { name: 'one proxy', trusted: 1, said: '198.51.100.9', expected: '198.51.100.9' },
    {
      name: 'one proxy, and what the client made up before',
      trusted: 1,
      said: '203.0.113.1, 198.51.100.9',
      expected: '198.51.100.9',
    },
    {
      name: 'two proxies',
      trusted: 2,
      said: '203.0.113.1, 198.51.100.9, 10.0.0.5',
      expected: '198.51.100.9',
    },
    { name: 'more proxies than there are', trusted: 3, said: '1.2.3.4', expected: '1.2.3.4' },
    { name: 'a proxy that says nothing', trusted: 1, expected: '10.0.0.1' },
    { name: 'a proxy that says nonsense', trusted: 1, said: 'unknown', expected: '10.0.0.1' },
    { name: 'nonsense further away', trusted: 2, said: 'x, 10.0.0.5', expected: '10.0.0.5' },
    { name: 'a port', trusted: 1, said: '198.51.100.9:4711', expected: '198.51.100.9' },
    { name: 'IPv6', trusted: 1, said: '2001:db8::6', expected: '2001:db8:0:0::/64' },
    {
      name: 'IPv6 with a port',
      trusted: 1,
      said: '[2001:db8::6]:80',
      expected: '2001:db8:0:0::/64',
    },
    {
      name: 'a network of proxies',
      trusted: ['10.0.0.0/8'],
      said: '203.0.113.1, 198.51.100.9, 10.9.9.9',
      expected: '198.51.100.9',
    },
    {
      name: 'a proxy by its address',
      trusted: ['10.0.0.1'],
      said: '198.51.100.9',
      expected: '198.51.100.9',
    },
    { name: 'another network', trusted: ['10.1.0.0/16'], said: '1.2.3.4', expected: '10.0.0.1' },
    {
      name: 'a chain of proxies and nobody else',
      trusted: ['10.0.0.0/8'],
      said: '10.0.0.3, 10.0.0.2',
      expected: '10.0.0.3',
    },
  ])('is known behind proxies: $name', ({ trusted, said, expected }) => {
    expect(keyOf('::ffff:10.0.0.1', said, trusted)).toBe(expected);
  });

  it('is known behind a proxy with IPv6', () => {
    expect(keyOf('2001:db8:f::1', '192.0.2.7', ['2001:db8:f::/48'])).toBe('192.0.2.7');
    expect(keyOf('2001:db8:e::1', '192.0.2.7', ['2001:db8:f::/48'])).toBe('2001:db8:e:0::/64');
  });
});

describe('the setting of trusted proxies', () => {
  it.each<{ text: string; expected: TrustedProxies }>([
    { text: '1', expected: 1 },
    { text: '10', expected: 10 },
    {
      text: '10.0.0.0/8, 192.0.2.1,2001:db8::/32',
      expected: ['10.0.0.0/8', '192.0.2.1', '2001:db8::/32'],
    },
  ])('takes $text', ({ text, expected }) => {
    expect(readTrustedProxies(text)).toEqual(expected);
  });

  it.each([
    ...['0', '11', '-1', '1.5', 'true', 'loopback', '*', '', ',', '10.0.0.0/8,', '10.0.0/8'],
    ...['0.0.0.0/0', '::/0', '10.0.0.0/33', '::1/129', '10.0.0.0/8/8', '10.0.0.0/', 'fe80::1%eth0'],
  ])('refuses %p', (text) => {
    expect(readTrustedProxies(text)).toBeUndefined();
  });
});
